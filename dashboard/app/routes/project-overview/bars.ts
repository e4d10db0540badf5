import type { ProjectUsage } from '@apployd/sdk';

type Series = readonly Pick<ProjectUsage['series'][number], 'at' | 'bytesOut'>[];

/** A bar for each day; the highest is whole, and what is not nothing is seen. */
export function barsOf(series: Series) {
  const most = Math.max(1, ...series.map(({ bytesOut }) => bytesOut));
  return series.map(({ at, bytesOut }) => ({
    day: at.slice(0, 10),
    bytes: bytesOut,
    share: bytesOut === 0 ? 0 : Math.max(0.03, bytesOut / most),
  }));
}

export const sumOf = (series: Series): number => series.reduce((sum, { bytesOut }) => sum + bytesOut, 0);
