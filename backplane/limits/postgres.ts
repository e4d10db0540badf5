import type { Db } from '@apployd/prisma/create-db';
import { msOf, takenOf } from './level.js';
import type { Limits } from './limits.js';

type Row = { readonly granted: boolean; readonly untilFullMs: number };

/** Buckets as rows, by the database's clock. Rows whose moment is over say nothing, and may be removed at any time. */
export function postgresLimits(db: Db): Limits {
  return {
    async take(key, points, bucket) {
      const row = points > 0 ? await take(db, key, msOf(points, bucket), msOf(bucket.capacity, bucket)) : null;
      const { granted, untilFullMs } = row ?? (await look(db, key, points === 0));
      return takenOf(granted, untilFullMs, points, bucket);
    },
    async refund(key, points, bucket) {
      await db.$executeRaw`
        UPDATE "RateLimit" SET "fullAt" = "fullAt" - ${msOf(points, bucket)}::float8 * interval '1 millisecond' WHERE "key" = ${key}`;
    },
    close: async () => undefined,
  };
}

/** One statement, so that two at once cannot both take the last points; null when there were too few. */
async function take(db: Db, key: string, takesMs: number, emptyMs: number): Promise<Row | null> {
  const spareMs = emptyMs - takesMs + 0.001;
  if (spareMs < 0) return null;
  const [row] = await db.$queryRaw<Row[]>`
    INSERT INTO "RateLimit" AS kept ("key", "fullAt")
    VALUES (${key}, clock_timestamp() + ${takesMs}::float8 * interval '1 millisecond')
    ON CONFLICT ("key") DO UPDATE
      SET "fullAt" = greatest(kept."fullAt", clock_timestamp()) + ${takesMs}::float8 * interval '1 millisecond'
      WHERE kept."fullAt" <= clock_timestamp() + ${spareMs}::float8 * interval '1 millisecond'
    RETURNING true AS "granted",
      (extract(epoch FROM "fullAt" - clock_timestamp()) * 1000)::float8 AS "untilFullMs"`;
  return row ?? null;
}

async function look(db: Db, key: string, granted: boolean): Promise<Row> {
  const [row] = await db.$queryRaw<{ untilFullMs: number }[]>`
    SELECT (extract(epoch FROM "fullAt" - clock_timestamp()) * 1000)::float8 AS "untilFullMs"
    FROM "RateLimit" WHERE "key" = ${key}`;
  return { granted, untilFullMs: row?.untilFullMs ?? 0 };
}
