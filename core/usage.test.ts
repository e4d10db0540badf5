import { expect, test } from 'vitest';
import { hourOf, keepsHoursMs, periodOf, stepsUntil, usageSteps, warningAt } from './usage.js';

const at = (time: string) => new Date(`${time}Z`);

test('hours and months are those of UTC', () => {
  expect(hourOf(at('2026-11-30T23:59:59.999'))).toEqual(at('2026-11-30T23:00:00'));
  expect(periodOf(at('2026-12-31T23:59:59.999'))).toEqual({
    start: at('2026-12-01T00:00:00'),
    end: at('2027-01-01T00:00:00'),
  });
});

test('a warning is due from its share of the bandwidth on, and none where nothing was sent', () => {
  expect([0, 79, 80, 99, 100, 250].map((bytes) => warningAt(bytes, 100))).toEqual([null, null, 80, 80, 100, 100]);
  expect([warningAt(0, 0), warningAt(1, 0)]).toEqual([null, 100]);
});

test('steps have no gaps and end with the one that is under way', () => {
  expect(stepsUntil(at('2026-12-01T01:30:00'), 'HOUR', 3)).toEqual([
    at('2026-11-30T23:00:00'),
    at('2026-12-01T00:00:00'),
    at('2026-12-01T01:00:00'),
  ]);
  expect(stepsUntil(at('2026-12-01T01:30:00'), 'DAY', 2)).toEqual([
    at('2026-11-30T00:00:00'),
    at('2026-12-01T00:00:00'),
  ]);
});

test('hours are kept for as long as anybody can look back', () => {
  for (const { ms, most } of Object.values(usageSteps)) expect(keepsHoursMs).toBeGreaterThanOrEqual(ms * most);
});
