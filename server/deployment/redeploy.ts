import { publicId } from '@apployd/core/id';
import { InvalidStateError } from '@apployd/core/refusal';
import type { Deployment } from '@apployd/prisma/generated/client/client';
import { perform } from '../access/perform.js';
import { signedIn, type Context } from '../context.js';
import { enqueue } from './enqueue.js';
import { auditSuperseded, insertDeployment } from './insert.js';
import { lookUpDeployment } from './look-up.js';
import { requireSlice } from './require-slice.js';

export type DeploymentRedeployInput = {
  readonly deploymentId: string;
  readonly supersede?: boolean | null;
  readonly idempotencyKey?: string | null;
};

/**
 * Queues a deployment of the same revision: built anew, with the settings and the variables of now. Whoever wants the same
 * release again restarts the environment, or rolls back.
 */
export async function redeploy(context: Context, input: DeploymentRedeployInput) {
  const former = await lookUpDeployment(context, input.deploymentId);
  const { organizationId, projectId, environmentId } = former;
  const on = { organizationId, projectId, environmentId };
  const act = { mutation: 'deploymentRedeploy', action: 'deployment:create', on, input } as const;
  const made = await perform(context, act, async (tx) => {
    await context.rates.deployment(organizationId);
    await requireSlice(tx, on);
    const row = { ...on, createdById: signedIn(context).userId, trigger: 'REDEPLOY', ...revisionOf(former) } as const;
    const result = await insertDeployment(tx, row, input);
    const after = { deploymentId: input.deploymentId, ...auditSuperseded(result) };
    return { result, audit: { target: publicId('Deployment', result.deploymentId), after } };
  });
  await enqueue(context, made);
  return made;
}

/** The commit that it was built from, wherever its branch is by now; what was asked for where it was not fetched. */
function revisionOf({ number, uploadId, repositoryUrl, ref, commit }: Deployment) {
  if (uploadId !== null) return { uploadId };
  if (repositoryUrl !== null) return { repositoryUrl, ref: commit ?? ref };
  const message = `The upload of deployment ${number} is not kept any more. Upload the folder again.`;
  throw new InvalidStateError(message, 'SOURCE_GONE', []);
}
