import { restorableHours } from '@apployd/core/project';
import { InvalidStateError, ValidationError } from '@apployd/core/refusal';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import { perform } from '../access/perform.js';
import { demandsOf } from '../allocation/demands.js';
import { lockPool } from '../allocation/pool.js';
import { shareSlice } from '../allocation/share-slice.js';
import type { Context } from '../context.js';
import { cancelAll } from '../deployment/cancel-all.js';
import { wake } from '../wake.js';
import { lookUpEnvironment } from './look-up.js';
import { lockActiveEnvironment } from './require-active.js';

export type EnvironmentDeleteInput = {
  readonly environmentId: string;
  readonly confirmSlug: string;
  readonly idempotencyKey?: string | null;
};

/** Stops an environment at once and gives its share to the others; it is erased once it can be restored no more. */
export async function deleteEnvironment(context: Context, input: EnvironmentDeleteInput) {
  const on = await lookUpEnvironment(context, input.environmentId);
  const { organizationId, projectId, environmentId } = on;
  const act = { mutation: 'environmentDelete', action: 'environment:delete', on, input } as const;
  const { deploymentIds, ...made } = await perform(context, act, async (tx) => {
    const pool = await lockPool(tx, organizationId);
    await lockActiveEnvironment(tx, on);
    await requireDeletable(tx, environmentId, input);
    const deletesAt = await mark(tx, environmentId);
    const shared = { ...pool, demands: await demandsOf(tx, organizationId) };
    const resizes = await shareSlice(tx, shared, projectId);
    const canceled = await cancelAll(tx, on);
    await append(tx, on, input.confirmSlug);
    const audit = {
      target: input.environmentId,
      before: { slug: input.confirmSlug, deletesAt: null },
      after: { deletesAt: deletesAt.toISOString() },
    };
    return { result: { environmentId, resizes, deploymentIds: canceled }, audit };
  });
  for (const id of deploymentIds) context.events.publish('deployment', id);
  context.events.publish('environment', environmentId);
  context.events.publish('project', projectId);
  await wake(context, 'stop', [environmentId]);
  await wake(
    context,
    'resize',
    made.resizes.map((resize) => resize.environmentId),
  );
  return made;
}

async function requireDeletable(tx: Transaction, id: string, { confirmSlug }: EnvironmentDeleteInput): Promise<void> {
  const { slug, kind } = await tx.environment.findUniqueOrThrow({ where: { id }, select: { slug: true, kind: true } });
  if (kind === 'PRODUCTION') {
    const message =
      'The production environment goes with its project alone: delete the project, or stop the environment.';
    throw new InvalidStateError(message, 'PRODUCTION', ['STAGING', 'PREVIEW']);
  }
  if (confirmSlug === slug) return;
  const message = "confirmSlug must be the environment's slug, letter for letter.";
  throw new ValidationError([{ path: ['confirmSlug'], rule: 'MISMATCH', message }]);
}

/** Nothing of it is to run, and what it held of the slice is the others'. */
async function mark(tx: Transaction, id: string): Promise<Date> {
  const deletesAt = new Date(Date.now() + restorableHours * 60 * 60_000);
  const stopped = { desiredState: 'STOPPED', stateReason: 'The environment is being deleted.' } as const;
  await tx.environment.update({ where: { id }, data: { deletesAt, ...stopped, version: { increment: 1 } } });
  return deletesAt;
}

type Target = Awaited<ReturnType<typeof lookUpEnvironment>>;

function append(tx: Transaction, { organizationId, projectId, environmentId, actorId }: Target, slug: string) {
  const stream = { organizationId, streamId: projectId, kind: 'PROJECT' } as const;
  return appendEvent(tx, {
    ...stream,
    type: 'environment.deleted',
    subjectId: environmentId,
    actorId,
    data: { slug },
  });
}
