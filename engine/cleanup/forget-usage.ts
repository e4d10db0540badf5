import { keepsHoursMs } from '@apployd/core/usage';
import type { Engine } from '../engine.js';
import { inBatches } from './in-batches.js';

/** Hours that nobody can look at any more. Months stay. */
export function forgetUsage({ db, clock }: Pick<Engine, 'db' | 'clock'>): Promise<void> {
  const before = new Date(clock.now().getTime() - keepsHoursMs);
  return inBatches(
    (most) => db.$executeRaw`
      DELETE FROM "UsageHour" WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM "UsageHour" WHERE "hour" < ${before} ORDER BY "hour" LIMIT ${most}))`,
  );
}
