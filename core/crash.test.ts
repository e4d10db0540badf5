import { expect, test } from 'vitest';
import { crashesUntilCrashed, crashesWith, restMs, seriesMs } from './crash.js';

test('the first crash costs no time, those that follow more and more, and a loop five minutes each', () => {
  const most = () => 1;
  const rests = Array.from({ length: crashesUntilCrashed + 1 }, (_, index) => restMs(index + 1, most) / 1_000);
  expect(rests).toEqual([0, 2, 4, 8, 16, 32, 300, 300]);
});

test('a crash after a calm time begins a new series', () => {
  const now = new Date('2026-11-26T20:00:00Z');
  const before = (ms: number) => new Date(now.getTime() - ms);
  expect(crashesWith(3, before(seriesMs - 1), now)).toBe(4);
  expect(crashesWith(3, before(seriesMs), now)).toBe(1);
  expect(crashesWith(0, null, now)).toBe(1);
});
