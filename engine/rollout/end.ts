import type { DeploymentStatus } from '@apployd/core/deployment';
import type { Transaction } from '@apployd/prisma/create-db';
import { appendRolloutEvent } from './append-rollout-event.js';

/** With its deployment a rollout is over: what has become of it, and its event. Nothing where there was none. */
export async function endRollout(tx: Transaction, deploymentId: string, status: DeploymentStatus): Promise<void> {
  const rollout = await tx.rollout.findUnique({ where: { deploymentId } });
  if (!rollout) return;
  if (status === 'READY') return appendRolloutEvent(tx, deploymentId, 'rollout.promoted');
  if (rollout.verdict !== 'ABORTED') {
    const data = { verdict: 'ABORTED', ...whyOver(status), decidedAt: new Date() } as const;
    await tx.rollout.update({ where: { deploymentId }, data });
  }
  await appendRolloutEvent(tx, deploymentId, 'rollout.aborted');
}

function whyOver(status: DeploymentStatus) {
  if (status === 'CANCELED') return { reason: 'CANCELED', sentence: 'The deployment was cancelled.' };
  if (status === 'SUPERSEDED') return { reason: 'SUPERSEDED', sentence: 'A newer deployment came.' };
  return { reason: 'FAILED', sentence: 'The deployment failed.' };
}
