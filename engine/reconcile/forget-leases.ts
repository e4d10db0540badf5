import type { Engine } from '../engine.js';
import { found } from './found.js';

const most = 1_000;

/**
 * Deletes leases of what is gone, an hour after they ended. Those of what is there stay: their fencing number goes on
 * from the highest that was ever given.
 */
export async function forgetLeases(engine: Engine): Promise<void> {
  const gone = await engine.db.$queryRaw<{ key: string }[]>`
    DELETE FROM "Lease" WHERE "key" IN (
      SELECT lease."key" FROM "Lease" AS lease LEFT JOIN (
        SELECT 'environment:' || "id" AS "key" FROM "Environment"
        UNION ALL SELECT 'sleep:' || "id" FROM "Environment"
        UNION ALL SELECT 'project:' || "id" FROM "Project"
        UNION ALL SELECT 'reconcile:' || "id" FROM "Server"
        UNION ALL SELECT 'schedule:' || "name" FROM "ScheduledWork"
      ) AS owner ON owner."key" = lease."key"
      WHERE owner."key" IS NULL AND lease."expiresAt" < clock_timestamp() - interval '1 hour'
      LIMIT ${most})
    RETURNING "key"`;
  for (const { key } of gone) found(engine, 'lease.left-over', { key });
}
