import { InvalidStateError } from '@apployd/core/refusal';
import { publicId } from '@apployd/core/id';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import { perform } from '../access/perform.js';
import { signedIn, type Context } from '../context.js';
import { found, requireId } from '../lookup.js';
import { wake } from '../wake.js';

export type RolloutDecideInput = { readonly deploymentId: string; readonly idempotencyKey?: string | null };

type Verb = {
  readonly mutation: 'rolloutPromote' | 'rolloutAbort';
  readonly action: 'deployment:create' | 'deployment:cancel';
  readonly verdict: 'PROMOTED' | 'ABORTED';
  readonly sentence: string;
};

/** Gives the new release all visitors now, whatever step it is at. */
export const promoteRollout = (context: Context, input: RolloutDecideInput) =>
  decide(context, input, {
    ...{ mutation: 'rolloutPromote', action: 'deployment:create' },
    ...{ verdict: 'PROMOTED', sentence: 'It was promoted by hand.' },
  });

/** Gives the former release all visitors back, and ends the new one as CANCELED. */
export const abortRollout = (context: Context, input: RolloutDecideInput) =>
  decide(context, input, {
    ...{ mutation: 'rolloutAbort', action: 'deployment:cancel' },
    ...{ verdict: 'ABORTED', sentence: 'It was aborted by hand.' },
  });

async function decide(context: Context, input: RolloutDecideInput, { mutation, action, ...verb }: Verb) {
  const viewer = signedIn(context);
  const id = requireId('Deployment', input.deploymentId);
  const row = await context.db.deployment.findFirst({
    where: { id, ...viewer.sees.Deployment },
    select: { id: true, number: true, organizationId: true, projectId: true, environmentId: true },
  });
  const on = found('Deployment', input.deploymentId, row);
  const made = await perform(context, { mutation, action, on, input }, async (tx) => {
    const { step, percent } = await lockGoingOn(tx, id, on.number);
    const now = new Date();
    const decision = { ...verb, reason: 'BY_HAND', decidedAt: now, decidedById: viewer.userId };
    await tx.rollout.update({ where: { deploymentId: id }, data: decision });
    if (verb.verdict === 'ABORTED') await askToEnd(tx, { ...on, actorId: viewer.userId }, now);
    const audit = {
      target: input.deploymentId,
      before: { step, percent },
      after: { verdict: verb.verdict },
    };
    return { result: { deploymentId: id }, audit };
  });
  context.events.publish('deployment', id);
  await wake(context, 'deploy', [id]);
  return made;
}

/** In the order in which the engine locks them: it neither moves the rollout on nor decides at the same moment. */
async function lockGoingOn(tx: Transaction, id: string, number: number) {
  await tx.$queryRaw`SELECT 1 FROM "Deployment" WHERE "id" = ${id}::uuid FOR NO KEY UPDATE`;
  const { status, rollout, cancelRequestedAt, supersededById } = await tx.deployment.findUniqueOrThrow({
    where: { id },
    select: { status: true, cancelRequestedAt: true, supersededById: true, rollout: true },
  });
  const isAsked = cancelRequestedAt !== null || supersededById !== null;
  if (rollout && rollout.verdict === null && status === 'DEPLOYING' && !isAsked) return rollout;
  const state = rollout?.verdict ?? (isAsked ? 'ENDING' : status);
  const message = `Deployment ${number} has no rollout under way: there is nothing to decide. Look at it again.`;
  throw new InvalidStateError(message, state, ['UNDER_WAY']);
}

type Target = {
  readonly id: string;
  readonly number: number;
  readonly organizationId: string;
  readonly projectId: string;
  readonly environmentId: string;
  readonly actorId: string;
};

async function askToEnd(tx: Transaction, target: Target, now: Date): Promise<void> {
  const { id, number, organizationId, projectId: streamId, environmentId, actorId } = target;
  await tx.deployment.update({ where: { id }, data: { cancelRequestedAt: now } });
  await appendEvent(tx, {
    ...{ organizationId, streamId, kind: 'PROJECT', type: 'deployment.cancel_requested', subjectId: id, actorId },
    data: { number, environmentId: publicId('Environment', environmentId) },
  });
}
