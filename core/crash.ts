import { backoffMs } from './backoff.js';

/** Crashes that follow each other within it are one series: what a start takes, which may be as long, is no calm time. */
export const seriesMs = 10 * 60_000;
/** With so many in a series an environment is CRASHED. */
export const crashesUntilCrashed = 7;

const firstRestMs = 2_000;
const mostRestMs = 60_000;
/** Tried seldom, but tried: what it lacks, such as a database, may come back while nobody looks. */
const crashedRestMs = 5 * 60_000;

/** The length of the series that a crash makes, after one that was followed by calm until then. */
export function crashesWith(crashes: number, lastAt: Date | null, calmUntil: Date): number {
  return lastAt && calmUntil.getTime() - lastAt.getTime() < seriesMs ? crashes + 1 : 1;
}

/** How long to wait before what crashed so many times in a row is started again: not at all after the first. */
export function restMs(crashes: number, random?: () => number): number {
  if (crashes <= 1) return 0;
  if (crashes >= crashesUntilCrashed) return crashedRestMs;
  return backoffMs(crashes - 1, firstRestMs, mostRestMs, random);
}

/** Of an environment that somebody starts, or deploys to: no crash of before counts. */
export const withoutCrashes = { crashes: 0, restartAfter: null } as const;
