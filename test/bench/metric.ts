/** One measured figure beside a reference that was measured in the same run. */
export type Metric = {
  readonly metric: string;
  readonly unit: 'ms' | 'µs' | 'MiB' | 'count' | 'a second';
  readonly ours: number;
  readonly reference: number | null;
  readonly referenceName: string | null;
  /** ours / reference */
  readonly ratio: number | null;
  /** `<= 1 of reference`, `<= 2000` */
  readonly goal: string;
  readonly met: boolean;
  readonly n: number;
  /** What else the reader of the table has to know. */
  readonly note: string | null;
};

/** A figure that has to stay within `most` times the reference. */
export function besides(
  metric: string,
  unit: Metric['unit'],
  ours: readonly number[],
  reference: readonly number[],
  referenceName: string,
  most: number,
  pick = median,
): Metric {
  const [mine, theirs] = [pick(ours), pick(reference)];
  const ratio = mine / theirs;
  return {
    metric,
    unit,
    ours: round(mine),
    reference: round(theirs),
    referenceName,
    ratio: Number(ratio.toFixed(3)),
    goal: `<= ${most} of ${referenceName}`,
    met: ratio <= most,
    n: ours.length,
    note: null,
  };
}

/** Enough turns for a 95th percentile to say something. */
const manyTurns = 20;

/** The median beside the reference's, and where there were turns enough the 95th percentile too; else the median says that there were not. */
export function medianAndP95(...figure: Parameters<typeof besides>): Metric[] {
  const [metric, unit, ours, reference, referenceName, most] = figure;
  const typical = besides(...figure);
  if (ours.length < manyTurns) return [{ ...typical, note: `too few turns for a p95: it takes ${manyTurns}` }];
  return [typical, besides(`${metric}, p95`, unit, ours, reference, referenceName, most, p95)];
}

/** A figure that has to reach `least` times the reference. */
export function atLeast(
  metric: string,
  unit: Metric['unit'],
  ours: readonly number[],
  reference: readonly number[],
  referenceName: string,
  least: number,
): Metric {
  const upsideDown = besides(metric, unit, ours, reference, referenceName, Infinity);
  const ratio = upsideDown.ratio ?? 0;
  return { ...upsideDown, goal: `>= ${least} of ${referenceName}`, met: ratio >= least };
}

/** A figure that has to stay at or below `most`. */
export function atMost(
  metric: string,
  unit: Metric['unit'],
  ours: readonly number[],
  most: number,
  pick = median,
): Metric {
  const mine = pick(ours);
  return {
    metric,
    unit,
    ours: round(mine),
    reference: null,
    referenceName: null,
    ratio: null,
    goal: `<= ${most}`,
    met: mine <= most,
    n: ours.length,
    note: null,
  };
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function p95(values: readonly number[]): number {
  return quantile(values, 0.95);
}

export function p99(values: readonly number[]): number {
  return quantile(values, 0.99);
}

export function max(values: readonly number[]): number {
  return Math.max(...values);
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 0) return NaN;
  const at = (sorted.length - 1) * q;
  const [low, high] = [sorted[Math.floor(at)] ?? NaN, sorted[Math.ceil(at)] ?? NaN];
  return low + (high - low) * (at % 1);
}

function round(value: number): number {
  return Number(value.toFixed(1));
}
