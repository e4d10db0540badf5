import type { Engine } from '../engine.js';
import { inBatches } from './in-batches.js';

/** Deletes rows that say nothing any more: buckets that are full again, and idempotency keys whose day is over. */
export async function forgetExpired({ db }: Pick<Engine, 'db'>): Promise<void> {
  await inBatches(
    (most) => db.$executeRaw`
      DELETE FROM "RateLimit" WHERE ctid IN (
        SELECT ctid FROM "RateLimit" WHERE "fullAt" < now() LIMIT ${most} FOR UPDATE SKIP LOCKED)`,
  );
  await inBatches(
    (most) => db.$executeRaw`
      DELETE FROM "IdempotencyKey" WHERE ctid IN (
        SELECT ctid FROM "IdempotencyKey" WHERE "createdAt" < now() - interval '24 hours'
        LIMIT ${most} FOR UPDATE SKIP LOCKED)`,
  );
}
