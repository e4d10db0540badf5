import { expect, test } from 'vitest';
import { isNoConnection, passesByItself } from './no-connection.js';

test.each([
  ['Chromium', new TypeError('Failed to fetch')],
  ['Chromium that was reading', new TypeError('network error')],
  ['Firefox', new TypeError('NetworkError when attempting to fetch resource.')],
  ['Safari', new TypeError('Load failed')],
  ['Safari that was reading', new TypeError('The network connection was lost.')],
  [
    'a proxy in the place of the dashboard',
    new Error('Unable to decode turbo-stream response from URL: http://a/b.data'),
  ],
])('tells the words of %s for a dashboard that was not reached', (_, error) => {
  expect(isNoConnection(error)).toBe(true);
});

test.each([
  ['a fault in a page', new TypeError("Cannot read properties of undefined (reading 'id')")],
  ['an answer of the dashboard', { status: 404, data: null }],
  ['another fault of that text', new Error('Failed to fetch the list')],
])('takes %s for no lost connection', (_, error) => {
  expect(isNoConnection(error)).toBe(false);
});

test('what passes by itself is tried again: an API that is away, or wants to be left alone for a moment, but not what somebody asked for in vain', () => {
  const answer = (status: number) => ({ status, statusText: '', internal: false, data: null });
  expect([429, 502, 503, 504].map(answer).every(passesByItself)).toBe(true);
  expect(passesByItself(new TypeError('Failed to fetch'))).toBe(true);
  expect([404, 403, 500].map(answer).some(passesByItself)).toBe(false);
});
