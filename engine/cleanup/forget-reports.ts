import type { Engine } from '../engine.js';
import { inBatches } from './in-batches.js';

/** Reports of bandwidth that was charged, or given up, for longer than the longest invoice is about: a year, and a month more. */
export function forgetReports({ db, clock }: Pick<Engine, 'db' | 'clock'>): Promise<void> {
  const before = new Date(clock.now());
  before.setUTCMonth(before.getUTCMonth() - keptMonths);
  return inBatches(
    (most) => db.$executeRaw`
      DELETE FROM "OverageReport" WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM "OverageReport" WHERE "sentAt" < ${before} OR "givenUpAt" < ${before} LIMIT ${most}))`,
  );
}

const keptMonths = 13;
