/**
 * How long answers took, as counts by bucket: the first holds what took a millisecond or less, each next one what took up to a
 * fifth more than the one before it, and the last all that took longer, which is above two minutes. So the memory that it
 * takes does not depend on how much was asked.
 */
export type LatencyCounts = readonly number[];

export const latencyBuckets = 66;
export const latencyFactor = 1.2;

export function latencyBucketOf(ms: number): number {
  if (!(ms > 1)) return 0;
  return Math.min(latencyBuckets - 1, Math.ceil(Math.log(ms) / Math.log(latencyFactor)));
}

/** Nothing counted yet. */
export const noLatencies = (): number[] => Array.from({ length: latencyBuckets }, () => 0);

/** Of two counts the sum; what a shorter one does not have counts as nothing. */
export function addLatencies(some: LatencyCounts, others: LatencyCounts): number[] {
  return noLatencies().map((_, bucket) => (some[bucket] ?? 0) + (others[bucket] ?? 0));
}

export const countOf = (counts: LatencyCounts): number => counts.reduce((sum, each) => sum + each, 0);

/** The milliseconds within which this share (0 to 1) of all answers came, to a few percent; null where there were none. */
export function quantileMs(counts: LatencyCounts, share: number): number | null {
  const total = countOf(counts);
  if (total === 0) return null;
  const rank = share * total;
  let before = 0;
  for (const [bucket, count] of counts.entries()) {
    if (count > 0 && before + count >= rank) return within(bucket, (rank - before) / count);
    before += count;
  }
  return upperMs(counts.length - 1);
}

/** Those of a bucket are taken to lie evenly in it. */
function within(bucket: number, part: number): number {
  const lower = bucket === 0 ? 0 : upperMs(bucket - 1);
  return lower + (upperMs(bucket) - lower) * part;
}

const upperMs = (bucket: number) => latencyFactor ** bucket;
