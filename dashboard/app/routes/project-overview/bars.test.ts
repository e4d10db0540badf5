import { expect, test } from 'vitest';
import { barsOf, sumOf } from './bars.js';

const days = (...bytes: readonly number[]) =>
  bytes.map((bytesOut, i) => ({ at: `2026-11-0${i + 1}T00:00:00.000Z`, bytesOut }));

test('the highest day is whole, a small one is seen, and one without anything is not', () => {
  expect(barsOf(days(0, 1, 500, 1_000)).map(({ share }) => share)).toEqual([0, 0.03, 0.5, 1]);
  expect(barsOf(days(0, 0)).map(({ share }) => share)).toEqual([0, 0]);
  expect(barsOf(days(7))[0]).toMatchObject({ day: '2026-11-01', bytes: 7 });
  expect(sumOf(days(1, 2, 3))).toBe(6);
});
