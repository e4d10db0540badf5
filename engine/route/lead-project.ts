import type { BandwidthLimit } from '@apployd/core/bandwidth';
import type { Transaction } from '@apployd/prisma/create-db';
import { lockRoutes } from './set-route.js';

/** Tells edges how a project is held to the rule of its plan, on the routes of all its host names, each under a version of its own. */
export async function leadProject(tx: Transaction, projectId: string, limit: BandwidthLimit | null): Promise<void> {
  // The lock comes first: whoever makes a route meanwhile reads the limit after it.
  await lockRoutes(tx);
  await tx.$executeRaw`
    WITH own AS (
      SELECT route."hostname", row_number() OVER (ORDER BY route."hostname") AS "place"
      FROM "Route" AS route WHERE route."hostname" IN (
        SELECT "hostname" FROM "Environment" WHERE "projectId" = ${projectId}::uuid
        UNION ALL
        SELECT "name" FROM "Domain" WHERE "projectId" = ${projectId}::uuid AND "verifiedAt" IS NOT NULL)
    ), moved AS (
      UPDATE "RouteVersion" SET "version" = "version" + (SELECT count(*) FROM own) WHERE "id" = 1
      RETURNING "version" - (SELECT count(*) FROM own) AS "last"
    )
    UPDATE "Route" AS route SET "bandwidth" = ${limit && JSON.stringify(limit)}::jsonb,
      "version" = moved."last" + own."place", "updatedAt" = now()
    FROM own, moved WHERE route."hostname" = own."hostname"`;
}
