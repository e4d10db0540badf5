import { requestError } from '../request-error.js';

/** Slows guessing down: so many attempts at once per key, then one more every `refillMs`. */
export type AttemptLimit = {
  /** Takes one attempt from the key, or throws RATE_LIMITED with the time to wait. */
  take(key: string): void;
};

/** So many at once, then one more every `refillMs`. */
export type Rate = { readonly burst: number; readonly refillMs: number };

export function attemptLimit(
  options: Rate & { readonly mostKeys?: number; readonly now?: () => number },
): AttemptLimit {
  const { burst, refillMs, mostKeys = 10_000, now = Date.now } = options;
  const buckets = new Map<string, { readonly left: number; readonly at: number }>();
  return {
    take(key) {
      const at = now();
      const bucket = buckets.get(key) ?? { left: burst, at };
      const left = Math.min(burst, bucket.left + (at - bucket.at) / refillMs);
      if (left < 1) throw tooMany(Math.ceil((1 - left) * refillMs));
      // Deleting first moves the key to the end: the map stays ordered by last use.
      buckets.delete(key);
      buckets.set(key, { left: left - 1, at });
      forgetOldest(buckets, mostKeys);
    },
  };
}

function forgetOldest(buckets: Map<string, unknown>, mostKeys: number): void {
  for (const key of buckets.keys()) {
    if (buckets.size <= mostKeys) return;
    buckets.delete(key);
  }
}

function tooMany(retryAfterMs: number) {
  return requestError('RATE_LIMITED', `Too many attempts. Wait ${Math.ceil(retryAfterMs / 1000)} s.`, { retryAfterMs });
}
