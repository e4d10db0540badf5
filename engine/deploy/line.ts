import { activeStatuses } from '@apployd/core/deployment';
import { giveSlots } from '@apployd/prisma/deployment-queue';
import type { Engine } from '../engine.js';

/**
 * The environment that this deployment may be worked on in just now: it is at work already, or has been given a slot. Else
 * null, and those whose turn it is have been asked for.
 */
export async function takeTurn(engine: Engine, id: string): Promise<string | null> {
  const deployment = await engine.db.deployment.findUnique({
    where: { id },
    select: { environmentId: true, status: true, slotAt: true },
  });
  const isActive = deployment !== null && activeStatuses.includes(deployment.status);
  if (isActive && (deployment.slotAt !== null || deployment.status !== 'QUEUED')) return deployment.environmentId;
  const given = await askNext(engine, id);
  return isActive && given.includes(id) ? deployment.environmentId : null;
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
