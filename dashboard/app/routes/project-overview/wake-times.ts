import type { EnvironmentWakesQuery } from '@apployd/sdk';

export type WakeTimes = NonNullable<EnvironmentWakesQuery['environment']>['wakes'][number];

/** How long waking took, of the last wakes from one depth. */
export function wakeTimesOf({ p50Ms, p95Ms }: Pick<WakeTimes, 'p50Ms' | 'p95Ms'>): string {
  const [usual, most] = [secondsOf(p50Ms), secondsOf(p95Ms)];
  return usual === most ? usual : `${usual}, seldom more than ${most}`;
}

export const wakesFrom = (wakes: readonly WakeTimes[], depth: string): WakeTimes | undefined =>
  wakes.find((one) => one.depth === depth);

/** Light sleep is over in tens of milliseconds, deep sleep in seconds. */
function secondsOf(ms: number): string {
  if (ms < 95) return `${Math.max(1, ms)} ms`;
  return ms < 9_950 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}
