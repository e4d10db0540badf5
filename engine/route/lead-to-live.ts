import type { Transaction } from '@apployd/prisma/create-db';
import { hostnamesOf } from './hostnames-of.js';
import { setRoute } from './set-route.js';

/**
 * Makes the environment's routes lead to the instances of what is live in it, whatever they led to before; to nobody when
 * nothing is live. The new version, or null when there was nothing to change.
 */
export async function leadToLive(tx: Transaction, environmentId: string): Promise<bigint | null> {
  const { organizationId, liveDeploymentId: deploymentId } = await tx.environment.findUniqueOrThrow({
    where: { id: environmentId },
    select: { organizationId: true, liveDeploymentId: true },
  });
  const targets = await targetsOf(tx, deploymentId);
  const hostnames = await hostnamesOf(tx, environmentId);
  const routes = await tx.route.findMany({ where: { environmentId, hostname: { in: [...hostnames] } } });
  if (routes.length === 0 && targets.length === 0) return null;
  const isLed = routes.every((route) => route.deploymentId === deploymentId && isSame(route.targets, targets));
  if (isLed && routes.length === hostnames.length) return null;
  return setRoute(tx, { organizationId, environmentId, deploymentId, targets });
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
