import { activeStatuses } from '@apployd/core/deployment';
import { projectSettings } from '@apployd/core/settings';
import type { Engine } from '../engine.js';
import { schedulesInForce } from './schedules-in-force.js';
import { edgeIsGoneMs, edgeIsSilentMs } from './edge-is-gone.js';

const most = 200;
const { deepSleepMinutes: usualDeepMinutes } = projectSettings.parse({});

/**
 * Wants those asleep that had no visitor for as long as their settings say, or their plan; and those asleep deeper that have
 * slept lightly for long enough. What was never visited counts from its deployment, what was woken from then.
 */
export async function fallAsleep(engine: Engine): Promise<void> {
  const idle = await sendIdleToSleep(engine, await keptAwake(engine));
  const light = await sendLightDeeper(engine);
  for (const { id } of [...idle, ...light]) engine.events.publish('environment', id);
}

/** Falling asleep may take so long. What was on its way when its hours began would sleep through them. */
const aheadMs = 120_000;

async function keptAwake(engine: Engine): Promise<readonly string[]> {
  const now = engine.clock.now();
  const [inForce, soon] = await Promise.all([
    schedulesInForce(engine, now),
    schedulesInForce(engine, new Date(now.getTime() + aheadMs)),
  ]);
  return [...inForce, ...soon].map(({ text }) => text);
}

type Found = { readonly id: string };

/**
 * By the database's clock, as edges write who was served. What a plan has is the longest that may be chosen, and nothing keeps
 * a project of such a plan awake: neither hours nor an ask from before the organization went to that plan.
 */
function sendIdleToSleep({ db }: Engine, keptAwakeBy: readonly string[]): Promise<readonly Found[]> {
  return db.$queryRaw<Found[]>`
    WITH idle AS (
      SELECT environment."id", sleep."minutes", sleep."deepMinutes"
      FROM "Environment" AS environment
      JOIN "Deployment" AS live ON live."id" = environment."liveDeploymentId"
      JOIN "Project" AS project ON project."id" = environment."projectId"
      JOIN "Organization" AS organization ON organization."id" = environment."organizationId"
      JOIN "Plan" AS plan ON plan."id" = organization."planId"
      LEFT JOIN "Activity" AS activity ON activity."environmentId" = environment."id"
      CROSS JOIN LATERAL (
        SELECT least((project."settings"->>'autoSleepMinutes')::int, plan."autoSleepMinutes") AS "minutes",
          coalesce((project."settings"->>'deepSleepMinutes')::int, ${usualDeepMinutes}) AS "deepMinutes",
          greatest(activity."lastActiveAt", live."finishedAt", environment."wokenAt", environment."createdAt") AS "since"
      ) AS sleep
      WHERE environment."desiredState" = 'RUNNING' AND environment."observedState" = 'RUNNING'
        AND environment."deletesAt" IS NULL AND project."deletesAt" IS NULL
        AND NOT (plan."autoSleepMinutes" IS NULL AND (
          coalesce(environment."keepAwakeUntil" > clock_timestamp(), false)
          OR coalesce(project."settings"->'keepAwake' = ANY(${[...keptAwakeBy]}::text[]::jsonb[]), false)))
        AND sleep."since" < clock_timestamp() - sleep."minutes" * interval '1 minute'
        AND NOT EXISTS (SELECT 1 FROM "Edge" AS edge
          WHERE edge."heartbeatAt" > clock_timestamp() - ${edgeIsGoneMs} * interval '1 millisecond'
            AND (edge."reportedAt" IS NULL
              OR edge."heartbeatAt" <= clock_timestamp() - ${edgeIsSilentMs} * interval '1 millisecond'))
        AND NOT EXISTS (SELECT 1 FROM "Deployment" AS waiting WHERE waiting."environmentId" = environment."id"
          AND waiting."status"::text = ANY(${[...activeStatuses]}))
      ORDER BY sleep."since" LIMIT ${most}
    )
    UPDATE "Environment" AS environment SET "wakeAskedAt" = NULL,
      "desiredState" = CASE WHEN idle."deepMinutes" = 0 THEN 'DEEP_SLEEP' ELSE 'LIGHT_SLEEP' END::"EnvironmentState",
      "stateReason" = 'It had no visitor for ' || idle."minutes" || ' minutes. The next one wakes it.'
    FROM idle WHERE environment."id" = idle."id" AND environment."desiredState" = 'RUNNING'
    RETURNING environment."id"`;
}

function sendLightDeeper({ db }: Engine): Promise<readonly Found[]> {
  return db.$queryRaw<Found[]>`
    WITH light AS (
      SELECT environment."id" FROM "Environment" AS environment
      JOIN "Project" AS project ON project."id" = environment."projectId"
      WHERE environment."desiredState" = 'LIGHT_SLEEP' AND environment."observedState" = 'LIGHT_SLEEP'
        AND environment."asleepSince" < clock_timestamp()
          - coalesce((project."settings"->>'deepSleepMinutes')::int, ${usualDeepMinutes}) * interval '1 minute'
      ORDER BY environment."asleepSince" LIMIT ${most}
    )
    UPDATE "Environment" AS environment SET "desiredState" = 'DEEP_SLEEP'
    FROM light WHERE environment."id" = light."id" AND environment."desiredState" = 'LIGHT_SLEEP'
    RETURNING environment."id"`;
}
