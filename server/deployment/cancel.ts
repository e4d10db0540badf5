import { activeStatuses, type DeploymentStatus } from '@apployd/core/deployment';
import { publicId } from '@apployd/core/id';
import { InvalidStateError } from '@apployd/core/refusal';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import { perform } from '../access/perform.js';
import { signedIn, type Context } from '../context.js';
import { found, requireId } from '../lookup.js';
import { wake } from '../wake.js';

export type DeploymentCancelInput = { readonly deploymentId: string; readonly idempotencyKey?: string | null };

/**
 * What still waits is CANCELED at once; what is at work is asked to stop, and the engine ends it.
 * Asking again is as good as asking once.
 */
export async function cancelDeployment(context: Context, input: DeploymentCancelInput) {
  const viewer = signedIn(context);
  const id = requireId('Deployment', input.deploymentId);
  const row = await context.db.deployment.findFirst({
    where: { id, ...viewer.sees.Deployment },
    select: { id: true, number: true, organizationId: true, projectId: true, environmentId: true },
  });
  const deployment = found('Deployment', input.deploymentId, row);
  const act = { mutation: 'deploymentCancel', action: 'deployment:cancel', on: deployment, input } as const;
  const made = await perform(context, act, async (tx) => {
    const before = await stateOf(tx, id);
    await cancel(tx, { ...deployment, actorId: viewer.userId });
    const audit = { target: input.deploymentId, before, after: await stateOf(tx, id) };
    return { result: { deploymentId: id }, audit };
  });
  context.events.publish('deployment', id);
  // Of what is in a rollout nobody is at work who would notice.
  await wake(context, 'deploy', [id]);
  return made;
}

async function stateOf(tx: Transaction, id: string) {
  const select = { status: true, cancelRequestedAt: true };
  const { status, cancelRequestedAt } = await tx.deployment.findUniqueOrThrow({ where: { id }, select });
  return { status, cancelRequested: cancelRequestedAt !== null };
}

type Target = {
  readonly id: string;
  readonly number: number;
  readonly organizationId: string;
  readonly projectId: string;
  readonly environmentId: string;
  readonly actorId: string;
};

async function cancel(tx: Transaction, target: Target): Promise<void> {
  if (await cancelWaiting(tx, target)) return;
  if (await askToStop(tx, target)) return;
  const { status, number } = await tx.deployment.findUniqueOrThrow({
    where: { id: target.id },
    select: { status: true, number: true },
  });
  // Active and not asked just now: it was asked before.
  if (status === 'CANCELED' || isActive(status)) return;
  throw new InvalidStateError(
    `Deployment ${number} is ${status} already, so there is nothing to cancel.`,
    status,
    activeStatuses,
  );
}

async function cancelWaiting(tx: Transaction, target: Target): Promise<boolean> {
  const now = new Date();
  const { count } = await tx.deployment.updateMany({
    where: { id: target.id, status: 'QUEUED' },
    data: { status: 'CANCELED', cancelRequestedAt: now, finishedAt: now },
  });
  if (count === 0) return false;
  await tx.deploymentStep.updateMany({
    where: { deploymentId: target.id, finishedAt: null },
    data: { finishedAt: now, result: 'CANCELED' },
  });
  await append(tx, target, 'deployment.canceled');
  return true;
}

async function askToStop(tx: Transaction, target: Target): Promise<boolean> {
  const { count } = await tx.deployment.updateMany({
    where: { id: target.id, status: { in: [...activeStatuses] }, cancelRequestedAt: null },
    data: { cancelRequestedAt: new Date() },
  });
  if (count === 0) return false;
  await append(tx, target, 'deployment.cancel_requested');
  return true;
}

async function append(
  tx: Transaction,
  { id, number, organizationId, projectId, environmentId, actorId }: Target,
  type: string,
): Promise<void> {
  const data = { number, environmentId: publicId('Environment', environmentId) };
  await appendEvent(tx, { organizationId, streamId: projectId, kind: 'PROJECT', type, subjectId: id, actorId, data });
}

function isActive(status: DeploymentStatus): boolean {
  return activeStatuses.includes(status);
}
