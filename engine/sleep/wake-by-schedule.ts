import type { Engine } from '../engine.js';
import { schedulesInForce } from './schedules-in-force.js';

const most = 200;

/**
 * Wants those awake whose schedule has begun, or was set, since they fell asleep. What was put to sleep after that, by hand,
 * sleeps on until the next beginning. Nobody waits for them: visitors of others, and their own, come first.
 */
export async function wakeBySchedule(engine: Engine): Promise<void> {
  const schedules = await schedulesInForce(engine, engine.clock.now());
  if (schedules.length === 0) return;
  const [texts, since] = [schedules.map(({ text }) => text), schedules.map((each) => each.since)];
  const woken = await engine.db.$queryRaw<{ id: string }[]>`
    WITH due AS (
      SELECT environment."id"
      FROM unnest(${texts}::text[], ${since}::timestamptz[]) AS schedule("text", "since")
      JOIN "Project" AS project ON project."settings"->'keepAwake' = schedule."text"::jsonb
      JOIN "Environment" AS environment ON environment."projectId" = project."id"
      JOIN "Allocation" AS slice ON slice."projectId" = project."id"
      JOIN "Organization" AS organization ON organization."id" = project."organizationId"
      JOIN "Plan" AS plan ON plan."id" = organization."planId"
      CROSS JOIN LATERAL (
        SELECT min(version."createdAt") AS "at" FROM "ProjectSettingsVersion" AS version
        WHERE version."projectId" = project."id" AND version."version" > coalesce((
          SELECT max(other."version") FROM "ProjectSettingsVersion" AS other
          WHERE other."projectId" = project."id"
            AND other."settings"->'keepAwake' IS DISTINCT FROM project."settings"->'keepAwake'), 0)
      ) AS chosen
      WHERE environment."desiredState" IN ('LIGHT_SLEEP', 'DEEP_SLEEP')
        AND environment."asleepSince" < greatest(schedule."since", chosen."at")
        AND environment."liveDeploymentId" IS NOT NULL
        AND environment."deletesAt" IS NULL AND project."deletesAt" IS NULL
        AND organization."suspendedAt" IS NULL AND plan."autoSleepMinutes" IS NULL
      ORDER BY environment."asleepSince" LIMIT ${most}
    )
    UPDATE "Environment" AS environment SET "desiredState" = 'RUNNING'
    FROM due WHERE environment."id" = due."id" AND environment."desiredState" IN ('LIGHT_SLEEP', 'DEEP_SLEEP')
    RETURNING environment."id"`;
  for (const { id } of woken) engine.events.publish('environment', id);
}
