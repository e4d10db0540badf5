import type { Engine } from '../engine.js';
import { projectSettings } from '@apployd/core/settings';

/**
 * Retires what is beyond the number of releases that its project keeps: one cannot go back to it any more, and its image
 * goes. What is live stays, and what a rollback is just bringing back.
 */
export async function retireReleases({ db, events }: Engine): Promise<void> {
  const usually = projectSettings.parse({}).keepReleases;
  const retired = await db.$queryRaw<{ id: string }[]>`
    WITH ranked AS (
      SELECT "environmentId", "projectId", "releaseId",
        row_number() OVER (PARTITION BY "environmentId" ORDER BY bool_or("serving" = 'LIVE') DESC, max("number") DESC) AS place
      FROM "Deployment" WHERE "serving" IN ('LIVE', 'STANDBY') AND "releaseId" IS NOT NULL
      GROUP BY "environmentId", "projectId", "releaseId"
    ), beyond AS (
      SELECT ranked."environmentId", ranked."releaseId"
      FROM ranked JOIN "Project" AS project ON project."id" = ranked."projectId"
      WHERE ranked.place > coalesce((project."settings" ->> 'keepReleases')::int, ${usually}) AND NOT EXISTS (
        SELECT 1 FROM "Deployment" AS active
        WHERE active."releaseId" = ranked."releaseId" AND active."status" IN ('QUEUED', 'BUILDING', 'DEPLOYING'))
      LIMIT 1000
    )
    UPDATE "Deployment" AS deployment SET "serving" = 'RETIRED', "standbyReason" = NULL FROM beyond
    WHERE deployment."environmentId" = beyond."environmentId" AND deployment."releaseId" = beyond."releaseId"
      AND deployment."serving" = 'STANDBY'
    RETURNING deployment."id"`;
  for (const { id } of retired) events.publish('deployment', id);
}
