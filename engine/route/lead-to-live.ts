import type { Transaction } from '@apployd/prisma/create-db';
import { setRoute } from './set-route.js';

/**
 * Makes the environment's route lead to the instances of what is live in it, whatever it led to before; to nobody when
 * nothing is live. The new version, or null when there was nothing to change.
 */
export async function leadToLive(tx: Transaction, environmentId: string): Promise<bigint | null> {
  const { hostname, organizationId, liveDeploymentId } = await tx.environment.findUniqueOrThrow({
    where: { id: environmentId },
    select: { hostname: true, organizationId: true, liveDeploymentId: true },
  });
  const targets = await targetsOf(tx, liveDeploymentId);
  const route = await tx.route.findUnique({ where: { hostname } });
  if (!route && targets.length === 0) return null;
  if (route?.deploymentId === liveDeploymentId && isSame(route.targets, targets)) return null;
  return setRoute(tx, { hostname, organizationId, environmentId, deploymentId: liveDeploymentId, targets });
}

async function targetsOf(tx: Transaction, deploymentId: string | null): Promise<string[]> {
  if (!deploymentId) return [];
  const running = await tx.instance.findMany({
    where: { deploymentId, state: 'RUNNING', host: { not: null } },
    orderBy: { id: 'asc' },
    select: { host: true, port: true },
  });
  return running.map(({ host, port }) => `${host}:${port}`);
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((target) => others.includes(target));
}
