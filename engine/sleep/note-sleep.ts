import { transactAndTell } from '@apployd/backplane/events/transact-and-tell';
import type { SleepDepth } from '@apployd/core/environment';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Environment, Prisma } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { leadToLive } from '../route/lead-to-live.js';
import { awake } from './awake.js';

/** It sleeps so deep; an event, where that is news. What is to be stopped meanwhile is the stop's to note. */
export async function noteAsleep(engine: Engine, id: string, depth: SleepDepth): Promise<void> {
  const noted = await transactAndTell(engine, async (tx) => {
    const environment = await lock(tx, id);
    if (environment.desiredState === 'STOPPED') return null;
    // A wake that was asked for meanwhile is not forgotten: it is seen by the two states that differ.
    const desiredState = environment.desiredState === 'LIGHT_SLEEP' ? depth : environment.desiredState;
    const asleepSince = environment.asleepSince ?? engine.clock.now();
    await tx.environment.update({ where: { id }, data: { desiredState, observedState: depth, asleepSince } });
    await append(tx, environment, 'environment.slept', { depth, reason: environment.stateReason });
    return environment;
  });
  if (noted) tell(engine, noted);
}

type Stay = {
  /** In a sentence, for the customer. */
  readonly reason: string;
  /** An earlier try may have frozen it, or ended it. */
  readonly isTouched: boolean;
};

/**
 * Somebody is served, or may be, or it was woken before it slept: visitors go where they went. What is touched is woken
 * first: visitors are held until then.
 */
export async function noteStaysAwake(engine: Engine, id: string, { reason, isTouched }: Stay): Promise<void> {
  const noted = await transactAndTell(engine, async (tx) => {
    const environment = await lock(tx, id);
    if (environment.desiredState === 'STOPPED') return null;
    const isLed = isTouched
      ? await askToWake(tx, environment, engine.clock.now())
      : await letIn(tx, environment, engine);
    if (environment.desiredState !== 'RUNNING') await append(tx, environment, 'environment.stayed_awake', { reason });
    return isLed || environment.desiredState !== 'RUNNING' ? environment : null;
  });
  if (noted) tell(engine, noted);
}

/** What runs was not touched yet. Its time without visitors begins anew: it is not tried again and again. */
async function letIn(
  tx: Transaction,
  { id, liveDeploymentId }: LockedEnvironment,
  { clock }: Engine,
): Promise<boolean> {
  await tx.instance.updateMany({
    where: { deploymentId: liveDeploymentId ?? undefined, environmentId: id, state: 'ASLEEP' },
    data: { state: 'RUNNING' },
  });
  const states = { desiredState: 'RUNNING', observedState: 'RUNNING', stateReason: null } as const;
  await tx.environment.update({ where: { id }, data: { wokenAt: clock.now(), ...states, ...awake } });
  return (await leadToLive(tx, id)) !== null;
}

async function askToWake(tx: Transaction, { id, wakeAskedAt }: LockedEnvironment, now: Date): Promise<boolean> {
  const data = { desiredState: 'RUNNING', wakeAskedAt: wakeAskedAt ?? now } as const;
  await tx.environment.update({ where: { id }, data });
  return true;
}

export type LockedEnvironment = Pick<
  Environment,
  | ('id' | 'organizationId' | 'projectId' | 'hostname' | 'liveDeploymentId')
  | ('desiredState' | 'observedState' | 'stateReason' | 'asleepSince' | 'wakeAskedAt')
>;

/** As it is once it is locked: nobody changes what it is to do until the transaction ends. */
export async function lock(tx: Transaction, id: string): Promise<LockedEnvironment> {
  const [environment] = await tx.$queryRaw<LockedEnvironment[]>`
    SELECT "id", "organizationId", "projectId", "hostname", "liveDeploymentId",
      "desiredState", "observedState", "stateReason", "asleepSince", "wakeAskedAt"
    FROM "Environment" WHERE "id" = ${id}::uuid FOR NO KEY UPDATE`;
  if (!environment) throw new Error(`There is no environment ${id} any more.`);
  return environment;
}

export function append(
  tx: Transaction,
  { id, organizationId, projectId }: LockedEnvironment,
  type: string,
  data: Prisma.InputJsonObject,
): Promise<bigint> {
  const stream = { organizationId, streamId: projectId, kind: 'PROJECT' } as const;
  return appendEvent(tx, { ...stream, type, subjectId: id, actorId: null, data });
}

export function tell({ events }: Engine, { id, projectId, hostname }: LockedEnvironment): void {
  events.publish('route', hostname);
  events.publish('environment', id);
  events.publish('project', projectId);
}
