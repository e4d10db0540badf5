import { transactAndTell } from '@apployd/backplane/events/transact-and-tell';
import type { RolloutReason } from '@apployd/core/rollout';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Engine } from '../engine.js';
import { leadToLive } from '../route/lead-to-live.js';
import { goesOn } from './goes-on.js';

/** What is to be changed while the rollout of this deployment goes on. */
export type RolloutRef = { readonly deploymentId: string; readonly environmentId: string };

export type Decision = {
  readonly verdict: 'PROMOTED' | 'ABORTED';
  readonly reason: RolloutReason;
  readonly sentence: string;
};

/**
 * Ends the steps of a rollout. Of one that is aborted no visitor is sent to the new release any more as soon as edges have
 * followed; a worker does the rest. Nothing when somebody was first.
 */
export async function decideRollout(engine: Engine, on: RolloutRef, decision: Decision): Promise<void> {
  const decidedAt = engine.clock.now();
  const isDecided = await changeRollout(engine, on, async (tx) => {
    await tx.rollout.update({ where: { deploymentId: on.deploymentId }, data: { ...decision, decidedAt } });
    return true;
  });
  if (isDecided) await engine.jobs.ask('deploy', on.deploymentId);
}

/**
 * Changes a rollout that goes on, and has the routes follow. False when it does not go on any more, or the change says that
 * there was nothing left to change.
 */
export async function changeRollout(
  engine: Engine,
  { deploymentId, environmentId }: RolloutRef,
  change: (tx: Transaction) => Promise<boolean>,
  tell: (tx: Transaction) => Promise<void> = async () => undefined,
): Promise<boolean> {
  const isChanged = await transactAndTell(engine, async (tx) => {
    // The order in which others lock them. Whoever asks it to end, or takes it back, waits until this is done.
    await tx.$queryRaw`SELECT 1 FROM "Environment" WHERE "id" = ${environmentId}::uuid FOR NO KEY UPDATE`;
    await tx.$queryRaw`SELECT 1 FROM "Deployment" WHERE "id" = ${deploymentId}::uuid FOR NO KEY UPDATE`;
    if ((await tx.deployment.count({ where: { id: deploymentId, ...goesOn } })) === 0) return false;
    if (!(await change(tx))) return false;
    await leadToLive(tx, environmentId);
    await tell(tx);
    return true;
  });
  if (!isChanged) return false;
  engine.events.publish('route', environmentId);
  engine.events.publish('deployment', deploymentId);
  return true;
}
