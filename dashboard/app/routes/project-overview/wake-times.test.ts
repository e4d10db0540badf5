import { expect, test } from 'vitest';
import { wakeTimesOf } from './wake-times.js';

test.each([
  [38, 92, '38 ms, seldom more than 92 ms'],
  [0, 0, '1 ms'],
  [94, 95, '94 ms, seldom more than 0.1 s'],
  [320, 1_180, '0.3 s, seldom more than 1.2 s'],
  [320, 330, '0.3 s'],
  [9_949, 9_950, '9.9 s, seldom more than 10 s'],
  [12_400, 61_000, '12 s, seldom more than 61 s'],
])('half of the wakes within %i ms and 95 of 100 within %i ms read: %s', (p50Ms, p95Ms, words) => {
  expect(wakeTimesOf({ p50Ms, p95Ms })).toBe(words);
});
