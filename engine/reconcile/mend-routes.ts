import type { Engine } from '../engine.js';
import { leadToLive } from '../route/lead-to-live.js';
import { lockRoutes } from '../route/set-route.js';
import { found } from './found.js';

/** Makes routes lead to what is live, where work that was cut short has left them elsewhere, and removes what leads nobody. */
export async function mendRoutes(engine: Engine): Promise<void> {
  await forgetClosed(engine);
  for (const { id, hostname } of await astray(engine)) {
    await engine.leases.hold(`environment:${id}`, engine.settings.leaseMs, async () => {
      const version = await engine.db.$transaction((tx) => leadToLive(tx, id));
      if (version === null) return;
      engine.events.publish('route', hostname);
      found(engine, 'route.astray', { environmentId: id, hostname });
    });
  }
}

/** Where the route is another deployment's, or has other targets than what runs of the live one, or is not there at all, or says wrongly whether it sleeps, or what share a rollout has. */
function astray({ db }: Engine): Promise<{ id: string; hostname: string }[]> {
  return db.$queryRaw`
    SELECT environment."id", environment."hostname"
    FROM "Environment" AS environment
    LEFT JOIN "Route" AS route ON route."hostname" = environment."hostname"
    CROSS JOIN LATERAL (
      SELECT coalesce(array_agg(instance."host" || ':' || instance."port"), '{}') AS "targets"
      FROM "Instance" AS instance
      WHERE instance."deploymentId" = environment."liveDeploymentId" AND instance."state" = 'RUNNING'
        AND instance."host" IS NOT NULL
    ) AS live
    LEFT JOIN LATERAL (
      SELECT rollout."deploymentId", rollout."percent", newer."targets" FROM "Rollout" AS rollout
      JOIN "Deployment" AS deployment ON deployment."id" = rollout."deploymentId"
      CROSS JOIN LATERAL (
        SELECT array_agg(instance."host" || ':' || instance."port") AS "targets"
        FROM "Instance" AS instance
        WHERE instance."deploymentId" = deployment."id" AND instance."state" = 'RUNNING' AND instance."host" IS NOT NULL
      ) AS newer
      WHERE rollout."environmentId" = environment."id" AND newer."targets" IS NOT NULL
        AND (rollout."verdict" IS NULL OR rollout."verdict" = 'PROMOTED')
        AND deployment."status" = 'DEPLOYING' AND deployment."cancelRequestedAt" IS NULL AND deployment."supersededById" IS NULL
      LIMIT 1
    ) AS rollout ON true
    CROSS JOIN LATERAL (
      SELECT CASE WHEN live."targets" = '{}' AND environment."desiredState" = 'RUNNING' AND rollout."targets" IS NOT NULL
        THEN rollout."targets" ELSE live."targets" END AS "targets"
    ) AS running
    LEFT JOIN LATERAL (
      SELECT rollout."deploymentId", rollout."percent", to_jsonb(rollout."targets") AS "targets"
      WHERE live."targets" <> '{}' AND rollout."targets" IS NOT NULL
    ) AS share ON true
    WHERE route."deploymentId" IS DISTINCT FROM environment."liveDeploymentId"
        AND (route."hostname" IS NOT NULL OR running."targets" <> '{}')
      OR environment."liveDeploymentId" IS NOT NULL
        AND NOT (route."targets" <@ running."targets" AND route."targets" @> running."targets")
      OR EXISTS (
        SELECT 1 FROM "Domain" AS domain
        LEFT JOIN "Route" AS own ON own."hostname" = domain."name" AND own."environmentId" = environment."id"
        WHERE domain."environmentId" = environment."id" AND domain."verifiedAt" IS NOT NULL
          AND route."hostname" IS NOT NULL
          AND (own."targets" IS DISTINCT FROM route."targets" OR own."deploymentId" IS DISTINCT FROM route."deploymentId"
            OR own."asleep" IS DISTINCT FROM route."asleep" OR own."rollout" IS DISTINCT FROM route."rollout"))
      OR (route."rollout"->>'percent')::int IS DISTINCT FROM share."percent"
      OR route."rollout"->>'deploymentId' IS DISTINCT FROM share."deploymentId"::text
      OR NOT (route."rollout"->'targets' <@ share."targets" AND route."rollout"->'targets' @> share."targets")
      OR route."asleep" <> (running."targets" = '{}' AND environment."liveDeploymentId" IS NOT NULL
        AND environment."desiredState" <> 'STOPPED'
        AND (environment."desiredState" IN ('LIGHT_SLEEP', 'DEEP_SLEEP') OR environment."observedState" IN ('LIGHT_SLEEP', 'DEEP_SLEEP')
          OR environment."wakeAskedAt" IS NOT NULL))
    LIMIT 500`;
}

/**
 * Rows of host names that are nobody's any more: a domain was removed, and every edge has followed. Behind the lock, so
 * that one which somebody has verified meanwhile is seen.
 */
async function forgetClosed({ db }: Engine): Promise<void> {
  await db.$transaction(async (tx) => {
    await lockRoutes(tx);
    await tx.$executeRaw`
      DELETE FROM "Route" AS route
      WHERE route."targets" = '{}' AND route."updatedAt" < clock_timestamp() - interval '1 minute'
        AND NOT EXISTS (SELECT 1 FROM "Environment" AS environment WHERE environment."hostname" = route."hostname")
        AND NOT EXISTS (
          SELECT 1 FROM "Domain" AS domain WHERE domain."name" = route."hostname" AND domain."verifiedAt" IS NOT NULL)`;
  });
}
