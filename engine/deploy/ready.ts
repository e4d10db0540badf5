import { transactAndTell } from '@apployd/backplane/events/transact-and-tell';
import { withoutCrashes } from '@apployd/core/crash';
import { Prisma } from '@apployd/prisma/generated/client/client';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Engine } from '../engine.js';
import { leadToLive } from '../route/lead-to-live.js';
import { awake } from '../sleep/awake.js';
import { move } from './enter.js';
import type { Run } from './run.js';
import { say } from './say.js';
import type { RunningInstance } from '../instance/start-release.js';

/**
 * The point of no return: READY and LIVE in one transaction, the former deployment on standby.
 * Returns the one that was replaced, or null.
 */
export async function goReady(engine: Engine, run: Run, instances: readonly RunningInstance[]): Promise<string | null> {
  const now = engine.clock.now();
  const { id, environmentId, environment } = run.deployment;
  const url = engine.settings.appUrl(environment.hostname);
  const former = await liveNow(engine, environmentId);
  try {
    await transactAndTell(engine, async (tx) => {
      // In the order in which others lock them: the environment, its deployments, the routes, and last the events.
      await tx.environment.update({
        where: { id: environmentId },
        data: { liveDeploymentId: id, ...runs },
      });
      if (former) await standBy(tx, run, former);
      await tx.$queryRaw`SELECT 1 FROM "Deployment" WHERE "id" = ${id}::uuid FOR NO KEY UPDATE`;
      await tx.instance.updateMany({
        where: { id: { in: instances.map((instance) => instance.id) } },
        data: { state: 'RUNNING' },
      });
      // Whoever woke the former one meanwhile may have led visitors back to it.
      await leadToLive(tx, environmentId);
      await move(tx, run, 'READY', { serving: 'LIVE', finishedAt: now, url });
    });
  } catch (error) {
    if (!(await isReady(engine, run))) throw error;
  }
  tell(engine, run, former, url);
  return former;
}

/** Whoever deploys wants it to run, whatever it did before. */
const runs = {
  desiredState: 'RUNNING',
  stoppedByHand: false,
  observedState: 'RUNNING',
  ...awake,
  stateReason: null,
  resizeAfter: null,
  restarts: 0,
  lastExit: Prisma.DbNull,
  ...withoutCrashes,
} as const;

/** The deployment that is live in the environment. It cannot change while this one holds the environment's lease. */
async function liveNow(engine: Engine, environmentId: string): Promise<string | null> {
  const environment = await engine.db.environment.findUniqueOrThrow({
    where: { id: environmentId },
    select: { liveDeploymentId: true },
  });
  return environment.liveDeploymentId;
}

async function standBy(tx: Transaction, { deployment }: Run, former: string): Promise<void> {
  await tx.deployment.update({
    where: { id: former },
    data: { serving: 'STANDBY', standbyReason: deployment.trigger === 'ROLLBACK' ? 'ROLLED_BACK' : 'REPLACED' },
  });
}

/** A connection that breaks during the commit leaves open whether it happened; taking back what is live would be wrong. */
async function isReady(engine: Engine, { deployment, fence }: Run): Promise<boolean> {
  const row = await engine.db.deployment.findUnique({
    where: { id: deployment.id },
    select: { status: true, fence: true },
  });
  return row?.status === 'READY' && row.fence === fence;
}

function tell(engine: Engine, run: Run, replaced: string | null, url: string): void {
  const { id, environmentId, environment, projectId, organizationId } = run.deployment;
  say(run, `Live at ${url}`);
  engine.events.publish('route', environment.hostname);
  engine.events.publish('deployment', id);
  engine.events.publish('environment', environmentId);
  engine.events.publish('project', projectId);
  engine.events.publish('organization', organizationId);
  if (replaced) engine.events.publish('deployment', replaced);
}
