import { latencyBucketOf, noLatencies } from '@apployd/core/latency';
import type { SideSample } from './router.js';

/** Whose answer is counted: that of a rollout's new release, or of the former one. */
export type Side = { readonly deploymentId: string; readonly isNew: boolean };

/** Counts answers of the two releases that a rollout serves: a few hundred numbers for each, however much is asked. */
export type SideCounts = {
  /** An answer began so many milliseconds after it was asked for. */
  add(side: Side, status: number, ms: number): void;
  /** One that was counted turned out to be an error. */
  fail(side: Side): void;
  /** Everything since the last call. */
  take(): readonly SideSample[];
};

export function sideCounts(): SideCounts {
  let counts = new Map<string, Side & { errors: number; readonly latency: number[] }>();
  const of = ({ deploymentId, isNew }: Side) => {
    const key = `${deploymentId} ${isNew}`;
    const count = counts.get(key) ?? { deploymentId, isNew, errors: 0, latency: noLatencies() };
    counts.set(key, count);
    return count;
  };
  return {
    add: (side, status, ms) => {
      const count = of(side);
      const bucket = latencyBucketOf(ms);
      count.latency[bucket] = (count.latency[bucket] ?? 0) + 1;
      if (status >= 500) count.errors += 1;
    },
    fail: (side) => void (of(side).errors += 1),
    take: () => {
      const taken = [...counts.values()];
      counts = new Map();
      return taken;
    },
  };
}
