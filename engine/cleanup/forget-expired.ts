import type { Engine } from '../engine.js';

const batch = 5_000;
/** A run leaves what is more for the next one. */
const mostBatches = 100;

/** Deletes rows that say nothing any more: buckets that are full again, and idempotency keys whose day is over. */
export async function forgetExpired({ db }: Pick<Engine, 'db'>): Promise<void> {
  await inBatches(
    () => db.$executeRaw`
      DELETE FROM "RateLimit" WHERE ctid IN (
        SELECT ctid FROM "RateLimit" WHERE "fullAt" < now() LIMIT ${batch} FOR UPDATE SKIP LOCKED)`,
  );
  await inBatches(
    () => db.$executeRaw`
      DELETE FROM "IdempotencyKey" WHERE ctid IN (
        SELECT ctid FROM "IdempotencyKey" WHERE "createdAt" < now() - interval '24 hours'
        LIMIT ${batch} FOR UPDATE SKIP LOCKED)`,
  );
}

/** Each is a short statement, so that nobody waits for its locks. */
async function inBatches(deleteSome: () => Promise<number>): Promise<void> {
  for (let i = 0; i < mostBatches; i += 1) {
    if ((await deleteSome()) < batch) return;
  }
}
