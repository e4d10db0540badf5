import type { Engine } from '../engine.js';
import { inBatches } from './in-batches.js';

/** Lines are heavier than other rows. */
const chunks = 500;

/** Deletes what is older than it is kept: log lines by the plan of their organization, events by the operator's setting. */
export async function forgetHistory(engine: Pick<Engine, 'db' | 'clock' | 'settings'>): Promise<void> {
  await forgetLines(engine);
  await forgetEvents(engine);
}

function forgetLines({ db, clock }: Pick<Engine, 'db' | 'clock'>): Promise<void> {
  const now = clock.now();
  return inBatches(
    (most) => db.$executeRaw`
      DELETE FROM "LogChunk" WHERE ctid = ANY(ARRAY(
        SELECT chunk.ctid FROM "LogChunk" AS chunk
        JOIN "Organization" AS organization ON organization."id" = chunk."organizationId"
        JOIN "Plan" AS plan ON plan."id" = organization."planId"
        WHERE chunk."createdAt" < ${now}::timestamptz - plan."logRetentionDays" * interval '1 day' LIMIT ${most}))`,
    chunks,
  );
}

/** The oldest of a stream first: what is kept of it has no holes at any time, so whoever reads on knows what is missing. */
function forgetEvents({ db, clock, settings }: Pick<Engine, 'db' | 'clock' | 'settings'>): Promise<void> {
  const before = new Date(clock.now().getTime() - settings.eventsMs);
  return inBatches(
    (most) => db.$executeRaw`
      DELETE FROM "Event" WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM "Event" WHERE "createdAt" < ${before} ORDER BY "streamId", "sequence" LIMIT ${most}))`,
  );
}
