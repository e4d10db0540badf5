import { InvalidStateError, NotFoundError } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Deployment } from '@apployd/prisma/generated/client/client';
import { signedIn, type Context } from '../context.js';
import { once } from '../idempotency.js';
import { found, requireId } from '../lookup.js';
import { enqueue } from './enqueue.js';
import { insertDeployment } from './insert.js';

export type DeploymentRollbackInput = {
  readonly environmentId: string;
  readonly toDeploymentId?: string | null;
  readonly idempotencyKey?: string | null;
};

/** Queues a new deployment that brings an earlier release live again, without building it. */
export async function rollBack(context: Context, input: DeploymentRollbackInput) {
  const viewer = signedIn(context);
  const environmentId = requireId('Environment', input.environmentId);
  const row = await context.db.environment.findFirst({
    where: { id: environmentId, ...viewer.sees.Environment },
    select: { organizationId: true, projectId: true },
  });
  const { organizationId, projectId } = found('Environment', input.environmentId, row);
  await viewer.require('deployment:rollback', { organizationId });

  const principalId = viewer.userId;
  const call = { organizationId, principalId, mutation: 'deploymentRollback', key: input.idempotencyKey, input };
  const made = await context.db.$transaction((tx) =>
    once(tx, call, async () => {
      const target = await targetOf(tx, environmentId, input.toDeploymentId ?? null);
      const { repositoryUrl, ref, commit, commitMessage, commitAuthor, uploadId, releaseId } = target;
      return insertDeployment(tx, {
        organizationId,
        projectId,
        environmentId,
        createdById: principalId,
        trigger: 'ROLLBACK',
        rollbackOfId: target.id,
        ...{ repositoryUrl, ref, commit, commitMessage, commitAuthor, uploadId, releaseId },
      });
    }),
  );
  await enqueue(context, made.id);
  return { deploymentId: made.id, replayed: made.replayed };
}

/** Once live, not live now, and its release is kept. */
export function canRollBackTo({
  status,
  serving,
  releaseId,
}: Pick<Deployment, 'status' | 'serving' | 'releaseId'>): boolean {
  return status === 'READY' && serving === 'STANDBY' && releaseId !== null;
}

async function targetOf(tx: Transaction, environmentId: string, publicId: string | null): Promise<Deployment> {
  return publicId === null ? newestStandby(tx, environmentId) : named(tx, environmentId, publicId);
}

async function newestStandby(tx: Transaction, environmentId: string): Promise<Deployment> {
  const standby = await tx.deployment.findFirst({
    where: { environmentId, status: 'READY', serving: 'STANDBY', releaseId: { not: null } },
    orderBy: { number: 'desc' },
  });
  if (standby) return standby;
  throw new InvalidStateError(
    'No earlier release of this environment is kept, so there is nothing to roll back to.',
    'NONE',
    ['STANDBY'],
  );
}

async function named(tx: Transaction, environmentId: string, publicId: string): Promise<Deployment> {
  const id = requireId('Deployment', publicId);
  const target = await tx.deployment.findFirst({ where: { id, environmentId } });
  if (!target) throw new NotFoundError('deployment', publicId);
  if (canRollBackTo(target)) return target;
  const state = target.status === 'READY' ? target.serving : target.status;
  throw new InvalidStateError(whyNot(target), state, ['STANDBY']);
}

function whyNot({ number, status, serving }: Deployment): string {
  if (status !== 'READY') return `Deployment ${number} is ${status}: it never was live. Choose one that is STANDBY.`;
  if (serving === 'LIVE') return `Deployment ${number} is live already.`;
  return `The release of deployment ${number} is not kept any more. Deploy its commit again instead.`;
}
