import { expect, test } from 'vitest';
import { redirectFor, redirects } from './redirect.js';

const one = (from: string, to: string) => [{ from, to, permanent: false }];

test.each([
  ['/old', '/new'],
  ['/', '/welcome'],
  ['/blog/*', 'https://blog.example.com/posts/*'],
  ['/*', 'https://example.com/*'],
  ['/a/*', '/b?from=a'],
  ['/odd"{};$x', '/fine#part'],
])('a redirect from %s to %s is taken', (from, to) => {
  expect(redirects.parse(one(from, to))).toEqual(one(from, to));
});

test.each([
  ['old', '/new'],
  ['/old?x=1', '/new'],
  ['/old page', '/new'],
  ['/old\r\nset-cookie: a=b', '/new'],
  ['/a*', '/new'],
  ['/a/*/b', '/new'],
])('a redirect from %j is refused with a sentence', (from, to) => {
  expect(redirects.safeParse(one(from, to)).error?.issues).toMatchObject([
    { path: [0, 'from'], message: expect.stringMatching(/^What a redirect leads from is .*\.$/) },
  ]);
});

test.each([
  'new',
  '//evil.test',
  'javascript:alert(1)',
  '/new\r\nset-cookie: a=b',
  '/\\evil.test',
  'https://example.com*',
  'https:///x',
  '',
])('a redirect to %j is refused with a sentence', (to) => {
  expect(redirects.safeParse(one('/old', to)).error?.issues).toMatchObject([
    { path: [0, 'to'], message: expect.stringMatching(/^What a redirect leads to is .*\.$/) },
  ]);
});

test.each([
  ['/a', '/a?b'],
  ['/*', '/all/*'],
  ['/a/*', '/a/b'],
])('a redirect from %s to %s, which leads to itself, is refused', (from, to) => {
  expect(redirects.safeParse(one(from, to)).error?.issues).toMatchObject([{ path: [0, 'to'] }]);
});

test('a hundred redirects are taken, and one more is not', () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => one(`/${i}`, '/new')).flat();
  expect(redirects.safeParse(many(100)).success).toBe(true);
  expect(redirects.safeParse(many(101)).error?.issues).toMatchObject([
    { message: expect.stringMatching(/at most 100/) },
  ]);
});

test('no path of a visitor chooses another host', () => {
  for (const rest of ['/evil.test', '//evil.test', '\\evil.test', '/\\evil.test']) {
    expect(redirectFor(one('/x/*', '/*'), `/x/${rest}`)?.location).toBe('/evil.test');
  }
});
