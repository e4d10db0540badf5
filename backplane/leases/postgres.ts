import type { Db } from '@apployd/prisma/create-db';
import { Prisma } from '@apployd/prisma/generated/client/client';
import { holdWhile, type HeldLease } from './hold-while.js';
import { newHolder, ownerAt } from './holder.js';
import type { Leases } from './leases.js';

/**
 * Leases as rows, on the database's clock. A key's row stays when it is released, so that its fence keeps growing.
 * Safe through a pool, as locks of a session would not be.
 */
export function postgresLeases(db: Db, owner?: string): Leases {
  return {
    async hold(key, ttlMs, work) {
      const lease = await take(db, key, ttlMs, newHolder(owner));
      return lease && { value: await holdWhile(lease, ttlMs, work) };
    },
    endFormer: async () =>
      owner === undefined
        ? 0
        : db.$executeRaw`
            UPDATE "Lease" SET "expiresAt" = ${over}
            WHERE substr("holder", ${ownerAt}::int) = ${owner} AND "expiresAt" > clock_timestamp()`,
    close: async () => undefined,
  };
}

/** The column would round what is later up by half a millisecond: nobody could have the lease until then. */
const over = Prisma.sql`date_trunc('milliseconds', clock_timestamp())`;

async function take(db: Db, key: string, ttlMs: number, holder: string): Promise<HeldLease | null> {
  const [row] = await db.$queryRaw<{ fence: bigint }[]>`
    INSERT INTO "Lease" AS lease ("key", "holder", "fence", "expiresAt")
    VALUES (${key}, ${holder}, 1, clock_timestamp() + ${ttlMs} * interval '1 millisecond')
    ON CONFLICT ("key") DO UPDATE
      SET "holder" = excluded."holder", "fence" = lease."fence" + 1, "expiresAt" = excluded."expiresAt"
      WHERE lease."expiresAt" <= clock_timestamp()
    RETURNING "fence"`;
  if (!row) return null;
  return {
    fence: row.fence,
    async renew() {
      const kept = await db.$executeRaw`
        UPDATE "Lease" SET "expiresAt" = clock_timestamp() + ${ttlMs} * interval '1 millisecond'
        WHERE "key" = ${key} AND "holder" = ${holder} AND "expiresAt" > clock_timestamp()`;
      return kept === 1;
    },
    async release() {
      await db.$executeRaw`
        UPDATE "Lease" SET "expiresAt" = ${over} WHERE "key" = ${key} AND "holder" = ${holder}`;
    },
  };
}
