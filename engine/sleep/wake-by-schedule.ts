import type { Engine } from '../engine.js';
import { schedulesInForce } from './schedules-in-force.js';

/**
 * Wants those awake whose schedule has begun since they fell asleep. What was put to sleep after that, by hand, sleeps on
 * until the next beginning.
 */
export async function wakeBySchedule(engine: Engine): Promise<void> {
  const schedules = await schedulesInForce(engine);
  if (schedules.length === 0) return;
  const [texts, since] = [schedules.map(({ text }) => text), schedules.map((each) => each.since)];
  const woken = await engine.db.$queryRaw<{ id: string }[]>`
    UPDATE "Environment" AS environment
    SET "desiredState" = 'RUNNING', "wakeAskedAt" = coalesce(environment."wakeAskedAt", clock_timestamp())
    FROM unnest(${texts}::text[], ${since}::timestamptz[]) AS schedule("text", "since")
    JOIN "Project" AS project ON project."settings"->'keepAwake' = schedule."text"::jsonb
    JOIN "Allocation" AS slice ON slice."projectId" = project."id"
    JOIN "Organization" AS organization ON organization."id" = project."organizationId"
    JOIN "Plan" AS plan ON plan."id" = organization."planId"
    WHERE environment."projectId" = project."id" AND environment."desiredState" IN ('LIGHT_SLEEP', 'DEEP_SLEEP')
      AND environment."asleepSince" < schedule."since" AND environment."liveDeploymentId" IS NOT NULL
      AND environment."deletesAt" IS NULL AND project."deletesAt" IS NULL
      AND organization."suspendedAt" IS NULL AND plan."autoSleepMinutes" IS NULL
    RETURNING environment."id"`;
  for (const { id } of woken) engine.events.publish('environment', id);
}
