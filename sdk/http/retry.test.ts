import { expect, test } from 'vitest';
import { NetworkError, RateLimitError, ServerError } from '../error/apployd-error.js';
import { askedWaitMs } from './requests.js';
import { delayMs } from './time.js';

test('Retry-After of any answer is waited for, a minute at most', () => {
  const details = { code: 'UNAVAILABLE', status: 503, requestId: null, retryAfterMs: 7_000 };
  expect(askedWaitMs(new ServerError('Restarting.', details))).toBe(7_000);
  expect(askedWaitMs(new RateLimitError('Slow down.', { ...details, retryAfterMs: 3_600_000 }))).toBe(60_000);
  expect(askedWaitMs(new NetworkError('Gone.'))).toBe(0);
});

test('waits double from the first to the longest, at least half of each for certain', () => {
  const delays = { firstMs: 500, longestMs: 8_000 };
  for (const [attempt, full] of [
    [1, 500],
    [2, 1_000],
    [4, 4_000],
    [5, 8_000],
    [60, 8_000],
  ] as const) {
    const waits = Array.from({ length: 50 }, () => delayMs(attempt, delays));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(full / 2);
    expect(Math.max(...waits)).toBeLessThanOrEqual(full);
  }
});
