import { activeStatuses } from '@apployd/core/deployment';
import type { Deployment } from '@apployd/prisma/generated/client/client';
import { askNext } from '../deploy/line.js';
import type { Engine } from '../engine.js';
import { goesOn } from '../rollout/goes-on.js';
import { found } from './found.js';

const patienceMs = 5_000;
const most = 500;

type Waiting = Pick<Deployment, 'id' | 'environmentId' | 'status'>;

/**
 * Asks again for deployments that nobody works on: a lost wake-up costs time, never a deployment. What waits for a slot is not
 * lost, unless there is one for it; nor is a rollout that goes on by its schedule.
 */
export async function askForLost(engine: Engine): Promise<void> {
  for (const id of await askNext(engine)) {
    found(engine, 'deployment.without-job', { deploymentId: id, status: 'QUEUED' });
  }
  const waiting = await waitingFirst(engine);
  const busy = await busyEnvironments(engine, waiting);
  for (const { id, environmentId, status } of waiting) {
    if (busy.has(environmentId) || (await engine.jobs.isAsked('deploy', id))) continue;
    await engine.jobs.ask('deploy', id);
    const finding = status === 'QUEUED' ? 'deployment.without-job' : 'deployment.without-worker';
    found(engine, finding, { deploymentId: id, status });
  }
}

/** Of each environment the one that comes first: the others are asked for when it is over. */
function waitingFirst({ db, clock }: Engine): Promise<Waiting[]> {
  const longAgo = new Date(clock.now().getTime() - patienceMs);
  return db.deployment.findMany({
    where: {
      status: { in: [...activeStatuses] },
      createdAt: { lt: longAgo },
      NOT: goesOn,
      OR: [{ slotAt: { lt: longAgo } }, { status: { not: 'QUEUED' } }],
    },
    distinct: ['environmentId'],
    orderBy: { number: 'asc' },
    take: most,
    select: { id: true, environmentId: true, status: true },
  });
}

/** Those in which somebody is at work by the lease; it is over once its worker has died. */
async function busyEnvironments({ db, clock }: Engine, waiting: readonly Waiting[]): Promise<ReadonlySet<string>> {
  const keys = waiting.map(({ environmentId }) => `environment:${environmentId}`);
  const held = await db.lease.findMany({
    where: { key: { in: keys }, expiresAt: { gt: clock.now() } },
    select: { key: true },
  });
  return new Set(held.map(({ key }) => key.slice('environment:'.length)));
}
