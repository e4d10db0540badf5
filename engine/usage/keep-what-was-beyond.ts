import type { Transaction } from '@apployd/prisma/create-db';

/**
 * Ends the limit of a project, or the one that began at that moment, and keeps with its month what was sent under it: that
 * takes nothing from the others for as long as the month lasts. Whether there was one.
 */
export async function keepWhatWasBeyond(tx: Transaction, projectId: string, since?: Date): Promise<boolean> {
  const [ended] = await tx.$queryRaw<{ count: number }[]>`
    WITH ended AS (
      DELETE FROM "ProjectBandwidthLimit"
      WHERE "projectId" = ${projectId}::uuid AND (${since ?? null}::timestamptz IS NULL OR "since" = ${since ?? null})
      RETURNING *
    ), kept AS (
      UPDATE "UsageMonth" AS month
      SET "bytesBeyond" = month."bytesBeyond" + greatest(0, month."bytesOut" - ended."bytesOutBefore")
      FROM ended WHERE month."organizationId" = ended."organizationId" AND month."projectId" = ended."projectId"
        AND (month."month" + interval '1 month') AT TIME ZONE 'UTC' = ended."until"
    )
    SELECT count(*)::int AS "count" FROM ended`;
  return (ended?.count ?? 0) > 0;
}
