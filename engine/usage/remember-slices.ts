import type { Period } from '@apployd/core/usage';
import type { Engine } from '../engine.js';

/**
 * Keeps, with what each project has sent, the most that it might have: its largest slice of the period, and without one the
 * largest rest of the pool. Slices are moved at any time; what was sent of one stays sent. Writes only what has grown; a row
 * that another engine writes at this moment is left for the next look.
 */
export async function rememberSlices({ db }: Engine, { start }: Period): Promise<void> {
  await db.$executeRaw`
    WITH promised AS (
      SELECT "organizationId", sum("bandwidthBytesPerMonth") AS "bytes" FROM "Allocation" GROUP BY "organizationId"
    ), may AS (
      SELECT project."id", project."organizationId", coalesce(slice."bandwidthBytesPerMonth", 0) AS "sliceBytes",
        CASE WHEN coalesce(slice."bandwidthBytesPerMonth", 0) > 0 THEN 0
          ELSE greatest(0, plan."bandwidthBytesPerMonth" - coalesce(promised."bytes", 0)) END AS "restBytes"
      FROM "Project" AS project
      JOIN "Organization" AS organization ON organization."id" = project."organizationId"
      JOIN "Plan" AS plan ON plan."id" = organization."planId"
      LEFT JOIN "Allocation" AS slice ON slice."projectId" = project."id"
      LEFT JOIN promised ON promised."organizationId" = project."organizationId"
      WHERE project."deletesAt" IS NULL
    ), grown AS (
      SELECT month."organizationId", month."projectId", may."sliceBytes", may."restBytes"
      FROM "UsageMonth" AS month
      JOIN may ON may."id" = month."projectId" AND may."organizationId" = month."organizationId"
      WHERE month."month" = ${start}::date
        AND (month."mostSliceBytes" IS NULL OR month."mostSliceBytes" < may."sliceBytes"
          OR month."mostRestBytes" IS NULL OR month."mostRestBytes" < may."restBytes")
      FOR UPDATE OF month SKIP LOCKED
    )
    UPDATE "UsageMonth" AS month SET "mostSliceBytes" = greatest(month."mostSliceBytes", grown."sliceBytes"),
      "mostRestBytes" = greatest(month."mostRestBytes", grown."restBytes")
    FROM grown WHERE month."month" = ${start}::date AND month."projectId" = grown."projectId"
      AND month."organizationId" = grown."organizationId"`;
}
