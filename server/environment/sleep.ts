import type { SleepDepth } from '@apployd/core/environment';
import { isAsleep } from '@apployd/core/environment';
import { InvalidStateError, ValidationError } from '@apployd/core/refusal';
import { perform } from '../access/perform.js';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Context } from '../context.js';
import { lookUpEnvironment } from './look-up.js';
import { append, lockLive, tell, type EnvironmentRunInput } from './run.js';

export type EnvironmentSleepInput = EnvironmentRunInput & { readonly depth?: 'LIGHT' | 'DEEP' | null };
export type EnvironmentWakeInput = EnvironmentRunInput & { readonly keepAwakeMinutes?: number | null };

const mostAwakeMinutes = 10_080;

/** Once nobody is served any more it is frozen, or ended for a deep sleep; the next visitor wakes it. */
export async function sleepEnvironment(context: Context, input: EnvironmentSleepInput) {
  const on = await lookUpEnvironment(context, input.environmentId);
  const act = { mutation: 'environmentSleep', action: 'environment:run', on, input } as const;
  const wanted: SleepDepth = input.depth === 'DEEP' ? 'DEEP_SLEEP' : 'LIGHT_SLEEP';
  const made = await perform(context, act, async (tx) => {
    const { desiredState, observedState } = await lockLive(tx, on);
    if (desiredState === 'STOPPED' || observedState === 'CRASHED' || observedState === 'STOPPED')
      throw notRunning(desiredState === 'STOPPED' ? desiredState : observedState);
    await requireNoRollout(tx, on.environmentId);
    // What sleeps deeply has nothing left that could be kept.
    const next = desiredState === 'DEEP_SLEEP' ? desiredState : wanted;
    const data = { desiredState: next, stateReason: byHand, wakeAskedAt: null, keepAwakeUntil: null };
    await tx.environment.update({ where: { id: on.environmentId }, data });
    if (desiredState !== next) await append(tx, on, 'environment.sleep_requested');
    const audit = { target: input.environmentId, before: { desiredState }, after: { desiredState: next } };
    return { result: { environmentId: on.environmentId }, audit };
  });
  tell(context, on);
  return made;
}

/**
 * Nobody would be compared with what sleeps. A rollout that begins later finds that it is to sleep, and one that was asked to
 * end already holds nothing up.
 */
async function requireNoRollout(tx: Transaction, environmentId: string): Promise<void> {
  const one = await tx.deployment.findFirst({
    where: {
      ...{ environmentId, status: 'DEPLOYING', cancelRequestedAt: null, supersededById: null },
      rollout: { is: { verdict: null } },
    },
    select: { number: true },
  });
  if (!one) return;
  const message = `Deployment ${one.number} is in a rollout, for which the environment stays awake. End it first with rolloutPromote or rolloutAbort.`;
  throw new InvalidStateError(message, 'ROLLOUT', ['RUNNING', 'LIGHT_SLEEP', 'DEEP_SLEEP']);
}

const byHand = 'It was put to sleep by hand. The next visitor wakes it.';

/** Has it awake before a visitor comes; and for so long, where that is said. */
export async function wakeEnvironment(context: Context, input: EnvironmentWakeInput) {
  checkMinutes(input);
  const on = await lookUpEnvironment(context, input.environmentId);
  const act = { mutation: 'environmentWake', action: 'environment:run', on, input } as const;
  const made = await perform(context, act, async (tx) => {
    const before = await lockLive(tx, on);
    if (before.desiredState === 'STOPPED') throw notRunning(before.desiredState);
    await requireMayStayAwake(tx, on.organizationId, input);
    const sleeps = isAsleep(before.desiredState) || isAsleep(before.observedState);
    const keepAwakeUntil = untilOf(input, before.keepAwakeUntil);
    const wakeAskedAt = before.wakeAskedAt ?? new Date();
    const data = { keepAwakeUntil, ...(sleeps ? { desiredState: 'RUNNING' as const, wakeAskedAt } : {}) };
    await tx.environment.update({ where: { id: on.environmentId }, data });
    if (sleeps) await append(tx, on, 'environment.wake_requested');
    const audit = {
      target: input.environmentId,
      before: { desiredState: before.desiredState, keepAwakeUntil: before.keepAwakeUntil?.toISOString() ?? null },
      after: { desiredState: 'RUNNING', keepAwakeUntil: keepAwakeUntil?.toISOString() ?? null },
    };
    return { result: { environmentId: on.environmentId }, audit };
  });
  tell(context, on);
  return made;
}

function checkMinutes({ keepAwakeMinutes: minutes }: EnvironmentWakeInput): void {
  if (minutes == null || (minutes >= 0 && minutes <= mostAwakeMinutes)) return;
  const message = `The time to keep it awake is a number of minutes from 0 to ${mostAwakeMinutes}, a week.`;
  throw new ValidationError([{ path: ['keepAwakeMinutes'], rule: 'RANGE', message }]);
}

/** As of a schedule: where the plan sends projects to sleep, none is kept awake. To end it is always allowed. */
async function requireMayStayAwake(tx: Transaction, organizationId: string, input: EnvironmentWakeInput) {
  if (!input.keepAwakeMinutes) return;
  const select = { plan: { select: { name: true, autoSleepMinutes: true } } };
  const { plan } = await tx.organization.findUniqueOrThrow({ where: { id: organizationId }, select });
  if (plan.autoSleepMinutes === null) return;
  const message = `On the plan ${plan.name} a project goes to sleep after at most ${plan.autoSleepMinutes} minutes without visitors, and none is kept awake. Leave keepAwakeMinutes out to wake it, or choose a larger plan.`;
  throw new ValidationError([{ path: ['keepAwakeMinutes'], rule: 'PLAN_LIMIT', message }]);
}

/** Absent: what was said before holds. 0 ends it. */
function untilOf({ keepAwakeMinutes: minutes }: EnvironmentWakeInput, before: Date | null): Date | null {
  if (minutes == null) return before;
  return minutes === 0 ? null : new Date(Date.now() + minutes * 60_000);
}

const notRunning = (state: string) =>
  new InvalidStateError(
    state === 'STOPPED'
      ? 'This environment does not run. Bring it back with environmentStart, or deploy.'
      : 'This environment ends again and again: there is nothing that could sleep. Deploy a repair, or stop it.',
    state,
    ['RUNNING', 'LIGHT_SLEEP', 'DEEP_SLEEP'],
  );
