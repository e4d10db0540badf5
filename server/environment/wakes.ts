import type { SleepDepth } from '@apployd/core/environment';
import type { Context } from '../context.js';

export type WakeTimes = {
  readonly depth: SleepDepth;
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
};

/** How long an environment's last wakes took, by how deep it had slept; the light ones first. */
export function wakesOf({ db }: Pick<Context, 'db'>, environmentId: string): Promise<WakeTimes[]> {
  return db.$queryRaw<WakeTimes[]>`
    SELECT "depth", count(*)::int AS "count",
      percentile_disc(0.5) WITHIN GROUP (ORDER BY "tookMs") AS "p50Ms",
      percentile_disc(0.95) WITHIN GROUP (ORDER BY "tookMs") AS "p95Ms"
    FROM "Wake" WHERE "environmentId" = ${environmentId}::uuid GROUP BY "depth" ORDER BY "depth"`;
}
