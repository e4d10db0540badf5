import type { Bucket, Taken } from './limits.js';

/**
 * A bucket is kept as one moment: when it will be full again. Taking points moves it into the future, time does the rest;
 * a moment that is over, or none, is a full bucket.
 */
export function msOf(points: number, { perSecond }: Bucket): number {
  return (points * 1_000) / perSecond;
}

/** What taking points came to, from how long the bucket will take to be full: after it when granted, else before. */
export function takenOf(granted: boolean, msUntilFull: number, points: number, bucket: Bucket): Taken {
  const emptyMs = msOf(bucket.capacity, bucket);
  const missing = Math.max(0, msUntilFull);
  // A thousandth of a millisecond is noise of the arithmetic, not a point that is missing.
  const remaining = Math.max(0, Math.floor(((emptyMs - missing) * bucket.perSecond) / 1_000 + 1e-6));
  if (granted) return { granted, remaining, retryAfterMs: 0 };
  return { granted, remaining, retryAfterMs: Math.max(1, Math.ceil(missing + msOf(points, bucket) - emptyMs)) };
}
