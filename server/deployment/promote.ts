import { publicId } from '@apployd/core/id';
import { InvalidStateError, NotFoundError } from '@apployd/core/refusal';
import type { Deployment } from '@apployd/prisma/generated/client/client';
import { perform } from '../access/perform.js';
import { signedIn, type Context } from '../context.js';
import { lookUpEnvironment } from '../environment/look-up.js';
import { enqueue } from './enqueue.js';
import { auditSuperseded, insertDeployment } from './insert.js';
import { lookUpDeployment, sourceColumns } from './look-up.js';
import { requireSlice } from './require-slice.js';

export type DeploymentPromoteInput = {
  readonly deploymentId: string;
  readonly environmentId: string;
  readonly supersede?: boolean | null;
  readonly idempotencyKey?: string | null;
};

/** Queues a deployment that brings a release of one environment live in another of the project, with the variables there. */
export async function promote(context: Context, input: DeploymentPromoteInput) {
  const from = await lookUpDeployment(context, input.deploymentId);
  const { organizationId, projectId, environmentId } = await lookUpEnvironment(context, input.environmentId);
  const on = { organizationId, projectId, environmentId };
  if (projectId !== from.projectId) throw new NotFoundError('environment', input.environmentId);
  const act = { mutation: 'deploymentPromote', action: 'deployment:create', on, input } as const;
  const made = await perform(context, act, async (tx) => {
    await context.rates.deployment(organizationId);
    await requireSlice(tx, on);
    const include = { environment: { select: { deletesAt: true } } };
    const source = await tx.deployment.findUniqueOrThrow({ where: { id: from.id }, include });
    if (source.environment.deletesAt !== null) throw isGoing(source);
    const releaseId = releaseOf(source, environmentId);
    const origin = { promotedFromId: from.id, releaseId, ...sourceColumns(from) };
    const row = { ...on, createdById: signedIn(context).userId, trigger: 'PROMOTE', ...origin } as const;
    const result = await insertDeployment(tx, row, input);
    const { deploymentId, environmentId: to } = input;
    const after = { deploymentId, environmentId: to, ...auditSuperseded(result) };
    return { result, audit: { target: publicId('Deployment', result.deploymentId), after } };
  });
  await enqueue(context, made);
  return made;
}

function isGoing({ number }: Deployment): InvalidStateError {
  const message = `The environment of deployment ${number} is being deleted. Bring it back with environmentRestore first.`;
  return new InvalidStateError(message, 'DELETING', ['ACTIVE']);
}

/** The release of what has proved itself: it went live, and its release is kept. */
function releaseOf({ number, status, serving, releaseId, environmentId }: Deployment, to: string): string {
  if (environmentId === to) {
    const message = `Deployment ${number} is of this environment already. Roll back to it, or choose another environment.`;
    throw new InvalidStateError(message, 'SAME_ENVIRONMENT', ['OTHER_ENVIRONMENT']);
  }
  if (status === 'READY' && releaseId !== null && serving !== 'RETIRED') return releaseId;
  const message =
    status === 'READY'
      ? `The release of deployment ${number} is not kept any more. Redeploy it first.`
      : `Deployment ${number} is ${status}: only what went live can be promoted.`;
  throw new InvalidStateError(message, status === 'READY' ? 'RETIRED' : status, ['LIVE', 'STANDBY']);
}
