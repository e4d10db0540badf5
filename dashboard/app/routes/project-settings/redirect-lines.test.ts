import { expect, test } from 'vitest';
import { linesOf, redirectsOf } from './redirect-lines.js';

const two = [
  { from: '/old', to: '/new', permanent: true },
  { from: '/blog/*', to: 'https://blog.example.com/*', permanent: false },
];

test('redirects are typed as they are shown', () => {
  expect(linesOf(two)).toBe('/old /new permanent\n/blog/* https://blog.example.com/*');
  expect(redirectsOf(linesOf(two))).toEqual(two);
});

test('empty lines, spaces and line ends of any kind do not count', () => {
  expect(redirectsOf('\r\n  /old   /new permanent \r\n\n/blog/*\thttps://blog.example.com/* temporary\n')).toEqual(two);
  expect(redirectsOf(' ')).toEqual([]);
});

test.each(['/old', '/old /new for ever', '/old /new forever'])('%j is told to be no redirect', (line) => {
  expect(redirectsOf(`/a /b\n${line}`)).toMatch(`“${line}” is no redirect`);
});
