import { publicId } from '@apployd/core/id';
import { InvalidStateError, NotFoundError } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Deployment } from '@apployd/prisma/generated/client/client';
import { perform } from '../access/perform.js';
import { signedIn, type Context } from '../context.js';
import { lookUpEnvironment } from '../environment/look-up.js';
import { requireId } from '../lookup.js';
import { enqueue } from './enqueue.js';
import { auditSuperseded, insertDeployment } from './insert.js';
import { sourceColumns } from './look-up.js';
import { requireSlice } from './require-slice.js';

export type DeploymentRollbackInput = {
  readonly environmentId: string;
  readonly toDeploymentId?: string | null;
  readonly supersede?: boolean | null;
  readonly idempotencyKey?: string | null;
};

/** Queues a new deployment that brings an earlier release live again, without building it. */
export async function rollBack(context: Context, input: DeploymentRollbackInput) {
  const { organizationId, projectId, environmentId } = await lookUpEnvironment(context, input.environmentId);
  const on = { organizationId, projectId, environmentId };
  const act = { mutation: 'deploymentRollback', action: 'deployment:rollback', on, input } as const;
  const made = await perform(context, act, async (tx) => {
    await context.rates.deployment(organizationId);
    await requireSlice(tx, on);
    const target = await targetOf(tx, environmentId, input.toDeploymentId ?? null);
    const origin = { rollbackOfId: target.id, releaseId: target.releaseId, ...sourceColumns(target) };
    const row = { ...on, createdById: signedIn(context).userId, trigger: 'ROLLBACK', ...origin } as const;
    const result = await insertDeployment(tx, row, input);
    const toDeploymentId = publicId('Deployment', target.id);
    const after = { environmentId: input.environmentId, toDeploymentId, ...auditSuperseded(result) };
    return { result, audit: { target: publicId('Deployment', result.deploymentId), after } };
  });
  await enqueue(context, made);
  return made;
}

/** Once live, not live now, and its release is kept. */
export function canRollBackTo({
  status,
  serving,
  releaseId,
}: Pick<Deployment, 'status' | 'serving' | 'releaseId'>): boolean {
  return status === 'READY' && serving === 'STANDBY' && releaseId !== null;
}

async function targetOf(tx: Transaction, environmentId: string, wanted: string | null): Promise<Deployment> {
  return wanted === null ? newestStandby(tx, environmentId) : named(tx, environmentId, wanted);
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

async function named(tx: Transaction, environmentId: string, wanted: string): Promise<Deployment> {
  const id = requireId('Deployment', wanted);
  const target = await tx.deployment.findFirst({ where: { id, environmentId } });
  if (!target) throw new NotFoundError('deployment', wanted);
  if (canRollBackTo(target)) return target;
  const state = target.status === 'READY' ? target.serving : target.status;
  throw new InvalidStateError(whyNot(target), state, ['STANDBY']);
}

function whyNot({ number, status, serving }: Deployment): string {
  if (status !== 'READY') return `Deployment ${number} is ${status}: it never was live. Choose one that is STANDBY.`;
  if (serving === 'LIVE') return `Deployment ${number} is live already.`;
  return `The release of deployment ${number} is not kept any more. Deploy its commit again instead.`;
}
