import { msOf, takenOf } from './level.js';
import type { Limits } from './limits.js';
import { recentlySet } from './recently-set.js';

/** Buckets of this process alone. When there are too many, those that were used longest ago are forgotten: full again. */
export function memoryLimits(now: () => number = Date.now): Limits {
  const fullAt = recentlySet<number>();
  return {
    take: async (key, points, bucket) => {
      const at = now();
      const before = Math.max(fullAt.get(key) ?? 0, at);
      const after = before + msOf(points, bucket);
      const granted = after - at <= msOf(bucket.capacity, bucket) + 1e-3;
      if (granted && points > 0) fullAt.set(key, after);
      return takenOf(granted, (granted ? after : before) - at, points, bucket);
    },
    refund: async (key, points, bucket) => {
      const before = fullAt.get(key);
      if (before !== undefined) fullAt.set(key, before - msOf(points, bucket));
    },
    close: async () => undefined,
  };
}
