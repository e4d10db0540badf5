import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import { perform } from '../access/perform.js';
import type { Context } from '../context.js';
import { lookUpEnvironment } from './look-up.js';
import { lockActiveEnvironment } from './require-active.js';

export type EnvironmentAutoDeployResumeInput = {
  readonly environmentId: string;
  readonly idempotencyKey?: string | null;
};

type Target = {
  readonly organizationId: string;
  readonly projectId: string;
  readonly environmentId: string;
  readonly actorId: string;
};

/** Holds back what would deploy by itself. False when it was held back already: then why and since when stays. */
export async function pauseAutoDeploy(tx: Transaction, { environmentId }: Target, reason: string): Promise<boolean> {
  const { count } = await tx.environment.updateMany({
    where: { id: environmentId, autoDeployPausedAt: null },
    data: { autoDeployPausedAt: new Date(), autoDeployPausedReason: reason },
  });
  return count === 1;
}

/** The last to be written, since it locks the project's stream. */
export function tellOfPause(tx: Transaction, target: Target, reason: string): Promise<bigint> {
  return append(tx, target, 'environment.auto_deploy_paused', { reason });
}

/** Lets pushes deploy by themselves again. What was pushed meanwhile is not deployed by that. */
export async function resumeAutoDeploy(context: Context, input: EnvironmentAutoDeployResumeInput) {
  const on = await lookUpEnvironment(context, input.environmentId);
  const act = { mutation: 'environmentAutoDeployResume', action: 'environment:run', on, input } as const;
  const made = await perform(context, act, async (tx) => {
    await lockActiveEnvironment(tx, on);
    const { count } = await tx.environment.updateMany({
      where: { id: on.environmentId, autoDeployPausedAt: { not: null } },
      data: { autoDeployPausedAt: null, autoDeployPausedReason: null },
    });
    if (count === 1) await append(tx, on, 'environment.auto_deploy_resumed', {});
    const audit = {
      target: input.environmentId,
      before: { autoDeployPaused: count === 1 },
      after: { autoDeployPaused: false },
    };
    return { result: { environmentId: on.environmentId }, audit };
  });
  context.events.publish('environment', on.environmentId);
  return made;
}

function append(tx: Transaction, target: Target, type: string, data: { readonly reason?: string }): Promise<bigint> {
  const { organizationId, projectId: streamId, environmentId: subjectId, actorId } = target;
  return appendEvent(tx, { organizationId, streamId, kind: 'PROJECT', type, subjectId, actorId, data });
}
