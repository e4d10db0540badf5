import type { Transaction } from '@apployd/prisma/create-db';
import { routeRollout } from '@apployd/core/rollout';
import { lockRoutes, setRoute } from './set-route.js';

/** The domains of an environment lead where its own host name does, in every way; nowhere while that leads nowhere yet. */
export async function leadDomains(tx: Transaction, environmentId: string): Promise<void> {
  // What is read behind the lock is what the last one wrote.
  await lockRoutes(tx);
  const { hostname } = await tx.environment.findUniqueOrThrow({
    where: { id: environmentId },
    select: { hostname: true },
  });
  const route = await tx.route.findUnique({ where: { hostname } });
  if (!route) return;
  const { organizationId, deploymentId, targets, asleep } = route;
  const rollout = routeRollout.safeParse(route.rollout).data ?? null;
  await setRoute(tx, { organizationId, environmentId, deploymentId, targets, asleep, rollout });
}
