import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addLatencies, countOf, latencyBucketOf, latencyBuckets, noLatencies, quantileMs } from './latency.js';

const countsOf = (times: readonly number[]) => {
  const counts = noLatencies();
  for (const ms of times) counts[latencyBucketOf(ms)] = (counts[latencyBucketOf(ms)] ?? 0) + 1;
  return counts;
};
const times = fc.array(fc.double({ min: 0, max: 120_000, noNaN: true }), { minLength: 1, maxLength: 300 });

test('a quantile of counts is within a fifth, or a millisecond, of that of the times themselves', () => {
  fc.assert(
    fc.property(times, fc.constantFrom(0.5, 0.95, 1), (all, share) => {
      const sorted = [...all].sort((a, b) => a - b);
      const exact = sorted[Math.max(0, Math.ceil(share * sorted.length - 1e-9) - 1)] ?? 0;
      const told = quantileMs(countsOf(all), share) ?? NaN;
      expect(told).toBeLessThanOrEqual(Math.max(1, exact * 1.2 + 1e-6));
      expect(told).toBeGreaterThanOrEqual(Math.min(exact, exact / 1.2 - 1));
    }),
  );
});

test('counts add up, and what is not a time counts as none', () => {
  fc.assert(
    fc.property(times, times, (some, others) => {
      const both = addLatencies(countsOf(some), countsOf(others));
      expect(both).toEqual(countsOf([...some, ...others]));
      expect(countOf(both)).toBe(some.length + others.length);
    }),
  );
  expect(latencyBucketOf(NaN)).toBe(0);
  expect(latencyBucketOf(Infinity)).toBe(latencyBuckets - 1);
});

test('of nothing there is no quantile', () => expect(quantileMs(noLatencies(), 0.95)).toBeNull());
