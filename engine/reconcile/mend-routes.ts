import type { Engine } from '../engine.js';
import { leadToLive } from '../route/lead-to-live.js';

/** Makes routes lead to what is live, where a deployment that was cut short has left them elsewhere. */
export async function mendRoutes(engine: Engine): Promise<void> {
  const astray = await engine.db.$queryRaw<{ id: string; hostname: string }[]>`
    SELECT environment."id", environment."hostname"
    FROM "Environment" AS environment JOIN "Route" AS route ON route."hostname" = environment."hostname"
    WHERE route."deploymentId" IS DISTINCT FROM environment."liveDeploymentId"
    LIMIT 500`;
  for (const { id, hostname } of astray) {
    await engine.leases.hold(`environment:${id}`, engine.settings.leaseMs, async () => {
      const version = await engine.db.$transaction((tx) => leadToLive(tx, id));
      if (version !== null) engine.events.publish('route', hostname);
    });
  }
}
