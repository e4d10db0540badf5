import { expect, test } from 'vitest';
import { headerLines, headersOf, usersOf } from './edge-lines.js';

test('headers are read as they are shown', () => {
  const headers = [
    { name: 'X-Frame-Options', value: 'DENY' },
    { name: 'Content-Security-Policy', value: "default-src 'self' https://example.com:8443" },
  ];
  expect(headersOf(headerLines(headers))).toEqual(headers);
  expect(headersOf('\n  X : 1 \n\n')).toEqual([{ name: 'X', value: '1' }]);
  expect(headersOf('X: 1\nno header')).toMatch('“no header” is no header');
});

test('a user without a password keeps that which they have, and one with spaces in it is whole', () => {
  expect(usersOf('ada\n\n eve  a long password \n')).toEqual([
    { name: 'ada' },
    { name: 'eve', password: 'a long password' },
  ]);
});
