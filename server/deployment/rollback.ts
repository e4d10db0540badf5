import { publicId } from '@apployd/core/id';
import { InvalidStateError, NotFoundError } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Deployment } from '@apployd/prisma/generated/client/client';
import { perform } from '../access/perform.js';
import { signedIn, type Context } from '../context.js';
import { pauseAutoDeploy, tellOfPause } from '../environment/auto-deploy.js';
import { lookUpEnvironment } from '../environment/look-up.js';
import { requireId } from '../lookup.js';
import { restoreVariables, tellOfRestored } from '../variable/restore.js';
import { enqueue } from './enqueue.js';
import { auditSuperseded, insertDeployment } from './insert.js';
import { sourceColumns } from './look-up.js';
import { requireSlice } from './require-slice.js';

export type DeploymentRollbackInput = {
  readonly environmentId: string;
  readonly toDeploymentId?: string | null;
  /** Brings back the variables of that time, too. */
  readonly restoreVariables?: boolean | null;
  readonly supersede?: boolean | null;
  readonly idempotencyKey?: string | null;
};

/**
 * Queues a new deployment that brings an earlier release live again, without building it; where it is wanted with the variables
 * of that time. What would deploy by itself is held back until somebody resumes it.
 */
export async function rollBack(context: Context, input: DeploymentRollbackInput) {
  const { actorId, ...on } = await lookUpEnvironment(context, input.environmentId);
  const { environmentId } = on;
  const where = { ...on, actorId };
  const act = { mutation: 'deploymentRollback', action: 'deployment:rollback', on, input } as const;
  if (input.restoreVariables) await signedIn(context).require('variable:set', on);
  const made = await perform(context, act, async (tx) => {
    await context.rates.deployment(on.organizationId);
    await requireSlice(tx, on);
    const target = await targetOf(tx, environmentId, input.toDeploymentId ?? null);
    const origin = { rollbackOfId: target.id, releaseId: target.releaseId, ...sourceColumns(target) };
    const variables = input.restoreVariables ? await restoreVariables(tx, where, versionOf(target)) : null;
    const reason = `Rolled back to deployment ${target.number}.`;
    const isNews = await pauseAutoDeploy(tx, where, reason);
    const result = await insertDeployment(tx, { ...on, createdById: actorId, trigger: 'ROLLBACK', ...origin }, input);
    await tellOfRestored(tx, where, variables);
    if (isNews) await tellOfPause(tx, where, reason);
    const after = {
      environmentId: input.environmentId,
      toDeploymentId: publicId('Deployment', target.id),
      ...(variables && { variables }),
      ...auditSuperseded(result),
    };
    return { result, audit: { target: publicId('Deployment', result.deploymentId), after } };
  });
  context.events.publish('environment', environmentId);
  await enqueue(context, made);
  return made;
}

function versionOf({ number, variablesVersion }: Deployment): number {
  if (variablesVersion !== null) return variablesVersion;
  const message = `It is not known which variables deployment ${number} had. Roll back without restoreVariables, and set them.`;
  throw new InvalidStateError(message, 'VARIABLES_UNKNOWN', []);
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
