import { activeStatuses } from '@apployd/core/deployment';
import { giveSlots } from '@apployd/prisma/deployment-queue';
import type { Deployment } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { found } from '../reconcile/found.js';

/** Whose turn it is, and how it stood then. */
export type Turn = Pick<Deployment, 'environmentId' | 'status'>;

/**
 * The deployment where it may be worked on just now: it is at work already, or has been given a slot. Else null, and those
 * whose turn it is have been asked for.
 */
export async function takeTurn(engine: Engine, id: string): Promise<Turn | null> {
  const deployment = await engine.db.deployment.findUnique({
    where: { id },
    select: { environmentId: true, status: true, slotAt: true },
  });
  if (!deployment) {
    found(engine, 'job.without-row', { id });
    return null;
  }
  const isActive = activeStatuses.includes(deployment.status);
  if (isActive && (deployment.slotAt !== null || deployment.status !== 'QUEUED')) return deployment;
  const given = await askNext(engine, id);
  return isActive && given.includes(id) ? deployment : null;
}

/** Gives free slots to those that wait, and wakes workers for them; the ids of those that got one. */
export async function askNext(engine: Engine, mine?: string): Promise<readonly string[]> {
  const given = await giveSlots(engine.db, engine.settings.serverId);
  for (const id of given) {
    if (id !== mine) await engine.jobs.ask('deploy', id).catch((err: unknown) => lost(engine, id, err));
  }
  return given;
}

function lost(engine: Engine, deploymentId: string, err: unknown): void {
  engine.log.warn({ err, deploymentId }, 'could not ask for a deployment that has a slot; reconcile will');
}
