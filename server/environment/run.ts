import { withoutCrashes } from '@apployd/core/crash';
import { isAsleep } from '@apployd/core/environment';
import { InvalidStateError } from '@apployd/core/refusal';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import { perform } from '../access/perform.js';
import type { Context } from '../context.js';
import { cancelAll } from '../deployment/cancel-all.js';
import { requireSlice } from '../deployment/require-slice.js';
import { wake } from '../wake.js';
import { lookUpEnvironment } from './look-up.js';
import { stoppedByHand } from './stopped-by-hand.js';
import { lockActiveEnvironment } from './require-active.js';

export type EnvironmentRunInput = { readonly environmentId: string; readonly idempotencyKey?: string | null };

/** New instances of what is live, beside the old ones, which keep the visitors until the new ones are healthy. */
export async function restartEnvironment(context: Context, input: EnvironmentRunInput) {
  const on = await lookUpEnvironment(context, input.environmentId);
  const act = { mutation: 'environmentRestart', action: 'environment:run', on, input } as const;
  const made = await perform(context, act, async (tx) => {
    const { desiredState, generation } = await lockLive(tx, on);
    if (desiredState === 'STOPPED') throw stopped(desiredState);
    const next = generation + 1;
    await tx.environment.update({
      where: { id: on.environmentId },
      data: { generation: next, resizeAfter: null, ...wokenFrom(desiredState), ...withoutCrashes },
    });
    await append(tx, on, 'environment.restart_requested');
    const audit = { target: input.environmentId, before: { generation }, after: { generation: next } };
    return { result: { environmentId: on.environmentId }, audit };
  });
  context.events.publish('environment', on.environmentId);
  await wake(context, 'resize', [on.environmentId]);
  return made;
}

/** Ends what runs, and what is on its way; the release stays. Visitors are told that nothing is running. */
export async function stopEnvironment(context: Context, input: EnvironmentRunInput) {
  const on = await lookUpEnvironment(context, input.environmentId);
  const act = { mutation: 'environmentStop', action: 'environment:run', on, input } as const;
  const made = await perform(context, act, async (tx) => {
    await lockActiveEnvironment(tx, on);
    const before = await lockEnvironment(tx, on.environmentId);
    await tx.environment.update({ where: { id: on.environmentId }, data: stoppedByHand });
    const canceled = await cancelAll(tx, on);
    if (before.desiredState !== 'STOPPED') await append(tx, on, 'environment.stop_requested');
    const audit = changed(input, before.desiredState, 'STOPPED');
    return { result: { environmentId: on.environmentId, canceled }, audit };
  });
  for (const id of made.canceled) context.events.publish('deployment', id);
  tell(context, on);
  await wake(context, 'stop', [on.environmentId]);
  return made;
}

/** Brings back what was live, without a build. */
export async function startEnvironment(context: Context, input: EnvironmentRunInput) {
  const on = await lookUpEnvironment(context, input.environmentId);
  const act = { mutation: 'environmentStart', action: 'environment:run', on, input } as const;
  const made = await perform(context, act, async (tx) => {
    const { desiredState } = await lockLive(tx, on);
    await requireSlice(tx, on);
    const data = { desiredState: 'RUNNING', stoppedByHand: false, stateReason: null, ...withoutCrashes } as const;
    await tx.environment.update({ where: { id: on.environmentId }, data: { ...wokenFrom(desiredState), ...data } });
    if (desiredState !== 'RUNNING') await append(tx, on, 'environment.start_requested');
    return { result: { environmentId: on.environmentId }, audit: changed(input, desiredState, 'RUNNING') };
  });
  tell(context, on);
  await wake(context, 'bring-back', [on.environmentId]);
  return made;
}

type Target = Awaited<ReturnType<typeof lookUpEnvironment>>;

export async function lockLive(tx: Transaction, on: Target) {
  await lockActiveEnvironment(tx, on);
  const environment = await lockEnvironment(tx, on.environmentId);
  if (environment.liveDeploymentId !== null) return environment;
  const message = 'Nothing was live in this environment yet. Deploy to it first.';
  throw new InvalidStateError(message, 'EMPTY', ['RUNNING', 'STOPPED']);
}

/** Whoever wants it to run wants it awake. */
const wokenFrom = (desiredState: string) =>
  isAsleep(desiredState) ? ({ desiredState: 'RUNNING', wakeAskedAt: new Date() } as const) : {};

async function lockEnvironment(tx: Transaction, id: string) {
  await tx.$queryRaw`SELECT 1 FROM "Environment" WHERE "id" = ${id}::uuid FOR NO KEY UPDATE`;
  return tx.environment.findUniqueOrThrow({
    where: { id },
    select: {
      ...{ desiredState: true, observedState: true, generation: true, liveDeploymentId: true },
      ...{ wakeAskedAt: true, keepAwakeUntil: true },
    },
  });
}

const stopped = (state: string) =>
  new InvalidStateError('This environment is stopped. Bring it back with environmentStart.', state, ['RUNNING']);

const changed = ({ environmentId }: EnvironmentRunInput, before: string, after: string) => ({
  target: environmentId,
  before: { desiredState: before },
  after: { desiredState: after },
});

export function append(tx: Transaction, { organizationId, projectId, environmentId, actorId }: Target, type: string) {
  const stream = { organizationId, streamId: projectId, kind: 'PROJECT' } as const;
  return appendEvent(tx, { ...stream, type, subjectId: environmentId, actorId });
}

export function tell(context: Context, { organizationId, projectId, environmentId }: Target): void {
  context.events.publish('environment', environmentId);
  context.events.publish('project', projectId);
  context.events.publish('organization', organizationId);
}
