import type { DeploymentStatus } from '@apployd/core/deployment';
import type { Transaction } from '@apployd/prisma/create-db';
import { abortWith } from './abort-with.js';
import { appendRolloutEvent } from './append-rollout-event.js';

/** With its deployment a rollout is over: what has become of it, and its event. Nothing where there was none. */
export async function endRollout(tx: Transaction, deploymentId: string, status: DeploymentStatus): Promise<void> {
  if ((await tx.rollout.count({ where: { deploymentId } })) === 0) return;
  if (status === 'READY') return appendRolloutEvent(tx, deploymentId, 'rollout.promoted');
  const isWish = status === 'CANCELED' || status === 'SUPERSEDED';
  await abortWith(tx, deploymentId, { status: isWish ? status : 'FAILED' });
  await appendRolloutEvent(tx, deploymentId, 'rollout.aborted');
}
