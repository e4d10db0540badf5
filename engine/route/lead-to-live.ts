import { isDeepStrictEqual } from 'node:util';
import { isAsleep } from '@apployd/core/environment';
import type { RouteRollout } from '@apployd/core/rollout';
import type { Environment } from '@apployd/prisma/generated/client/client';
import type { Transaction } from '@apployd/prisma/create-db';
import { hostnamesIn, hostnamesSelect } from './hostnames-in.js';
import { setRoute } from './set-route.js';

/**
 * Makes the environment's routes lead to the instances of what is live in it, whatever they led to before, and a share of the
 * visitors to those of a rollout; to nobody when nothing is live, and then they say whether that is because it sleeps. The new
 * version, or null when there was nothing to change.
 */
export async function leadToLive(tx: Transaction, environmentId: string): Promise<bigint | null> {
  const environment = await tx.environment.findUniqueOrThrow({
    where: { id: environmentId },
    select: {
      ...hostnamesSelect,
      ...{ organizationId: true, liveDeploymentId: true },
      ...{ desiredState: true, observedState: true, wakeAskedAt: true },
    },
  });
  const { organizationId, liveDeploymentId: deploymentId } = environment;
  const { targets, rollout } = await shared(tx, environmentId, environment);
  const asleep = targets.length === 0 && holdsVisitors(environment);
  const hostnames = hostnamesIn(environment);
  const routes = await tx.route.findMany({ where: { environmentId, hostname: { in: [...hostnames] } } });
  // A domain that was another's has a row before anything is deployed here.
  if (targets.length === 0 && !routes.some(({ hostname }) => hostname === hostnames[0])) return null;
  const isLed = routes.every(
    (route) =>
      route.deploymentId === deploymentId &&
      isSame(route.targets, targets) &&
      route.asleep === asleep &&
      isDeepStrictEqual(route.rollout, rollout),
  );
  if (isLed && routes.length === hostnames.length) return null;
  return setRoute(tx, { organizationId, environmentId, deploymentId, targets, asleep, rollout });
}

type States = Pick<Environment, 'liveDeploymentId' | 'desiredState' | 'observedState' | 'wakeAskedAt'>;

/** It sleeps, or is to, or does not any more and has not come up yet: until then who asks for it waits. */
function holdsVisitors({ liveDeploymentId, desiredState, observedState, wakeAskedAt }: States): boolean {
  if (liveDeploymentId === null || desiredState === 'STOPPED') return false;
  return isAsleep(desiredState) || isAsleep(observedState) || wakeAskedAt !== null;
}

/**
 * Who has which visitors. While nothing of what is live runs that should, a rollout has all of them, until it is brought back:
 * the routes stay the live deployment's.
 */
async function shared(
  tx: Transaction,
  environmentId: string,
  { liveDeploymentId, desiredState }: States,
): Promise<{ readonly targets: readonly string[]; readonly rollout: RouteRollout | null }> {
  const targets = await targetsOf(tx, liveDeploymentId);
  const rollout = await rolloutOf(tx, environmentId, liveDeploymentId);
  if (targets.length > 0 || rollout === null) return { targets, rollout };
  return { targets: desiredState === 'RUNNING' ? rollout.targets : [], rollout: null };
}

/** Until it is taken back, or has become what is live. One whose instances are gone has no share. */
async function rolloutOf(tx: Transaction, environmentId: string, live: string | null): Promise<RouteRollout | null> {
  const row = await tx.rollout.findFirst({
    where: {
      environmentId,
      OR: [{ verdict: null }, { verdict: 'PROMOTED' }],
      deployment: { status: 'DEPLOYING', cancelRequestedAt: null, supersededById: null },
    },
    select: { deploymentId: true, percent: true },
  });
  // What goes live just now has all of them.
  if (!row || row.deploymentId === live) return null;
  const targets = await targetsOf(tx, row.deploymentId);
  return targets.length > 0 ? { ...row, targets } : null;
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
