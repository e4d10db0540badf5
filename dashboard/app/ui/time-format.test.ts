import { expect, test } from 'vitest';
import { agoOf, clockOf, exactOf, isZone, minuteOf } from './time-format.js';

const utc = { name: 'UTC', isKnown: false };
const tokyo = { name: 'Asia/Tokyo', isKnown: true };
const at = '2026-11-26T14:02:11.204Z';

test('a time is written in the zone of the reader, and says so where that is not known', () => {
  expect(exactOf(at, tokyo)).toBe('26 Nov 2026, 23:02:11');
  expect(exactOf(at, utc)).toBe('26 Nov 2026, 14:02:11 UTC');
  expect(minuteOf(Date.parse(at), utc)).toBe('14:02 UTC');
});

test('log lines have milliseconds', () => {
  expect(clockOf(at, tokyo)).toBe('23:02:11.204');
  expect(clockOf('2026-11-26T00:00:00.000Z', utc)).toBe('00:00:00.000Z');
});

test.each([
  [0, 'just now'],
  [59_000, 'just now'],
  [60_000, '1 minute ago'],
  [2 * 3_600_000, '2 hours ago'],
  [26 * 3_600_000, 'yesterday'],
  [6 * 86_400_000, '6 days ago'],
  [8 * 86_400_000, '26 Nov 2026'],
])('after %i ms it is called %j', (age, words) => {
  expect(agoOf(at, Date.parse(at) + age, utc)).toBe(words);
});

test('what is no zone is not taken for one', () => {
  expect(isZone('Europe/Berlin')).toBe(true);
  for (const name of ['', 'Europe/Nowhere', '<script>']) expect(isZone(name)).toBe(false);
});
