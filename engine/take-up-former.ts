import type { Prisma } from '@apployd/prisma/generated/client/client';
import { deploy } from './deploy/deploy.js';
import type { Engine } from './engine.js';
import { found } from './reconcile/found.js';
import { goesOn } from './rollout/goes-on.js';

/** More than any engine is at. */
const most = 500;

/**
 * Goes on with what the former engine of this server was at when it was killed, before the queue has noticed that. The queue's
 * own job comes later, and finds it at work or over; what fails by a fault of ours is left to the queue.
 */
export async function takeUpFormer(engine: Engine, signal: AbortSignal): Promise<void> {
  const rows = await engine.db.deployment.findMany({
    where: ofFormer(engine),
    orderBy: { number: 'asc' },
    take: most,
    select: { id: true, status: true },
  });
  await Promise.all(
    rows.map(async ({ id, status }) => {
      found(engine, 'deployment.without-worker', { deploymentId: id, status });
      await deploy(engine, id, signal).catch((err: unknown) => leaveToQueue(engine, id, err));
    }),
  );
}

/** Its own job may have come and gone meanwhile. What cannot be asked for now is found by reconcile. */
async function leaveToQueue({ jobs, log }: Engine, id: string, err: unknown): Promise<void> {
  log.warn({ err, deploymentId: id }, 'could not go on with what the former engine was at; the queue tries again');
  await jobs
    .ask('deploy', id)
    .catch((error: unknown) => log.warn({ err: error, deploymentId: id }, 'could not ask for it'));
}

/** What was begun so often may be what kills the engine: the queue counts, and gives it up. */
const mostBegun = 3;
/** A slot that is younger is just being taken, by whichever engine is first. */
const slotMs = 2_000;

function ofFormer({ clock, settings: { serverId } }: Engine): Prisma.DeploymentWhereInput {
  return {
    NOT: goesOn,
    steps: { none: { attempts: { gte: mostBegun } } },
    OR: [
      { serverId, status: { in: ['BUILDING', 'DEPLOYING'] } },
      { status: 'QUEUED', slotAt: { lt: new Date(clock.now().getTime() - slotMs) } },
    ],
  };
}
