import { ValidationError } from '@apployd/core/refusal';
import { sleepsAfterMinutes, type ProjectSettings } from '@apployd/core/settings';
import type { Transaction } from '@apployd/prisma/create-db';

type Rule = { readonly name: string; readonly autoSleepMinutes: number | null };
type Sleep = Pick<ProjectSettings, 'autoSleepMinutes' | 'keepAwake'>;

/** Refuses what is asked for with which a project would stay awake longer than its organization's plan has it. */
export async function requireAllowedSleep(
  tx: Transaction,
  organizationId: string,
  given: { readonly [Name in keyof Sleep]?: unknown },
  settings: Sleep,
): Promise<void> {
  const [asksForTime, asksForHours] = [given.autoSleepMinutes !== undefined, given.keepAwake != null];
  if (!asksForTime && !asksForHours) return;
  const select = { plan: { select: { name: true, autoSleepMinutes: true } } };
  const { plan } = await tx.organization.findUniqueOrThrow({ where: { id: organizationId }, select });
  if (asksForTime) refuseLongerTime(plan, settings);
  if (asksForHours) refuseHours(plan, settings);
}

export function refuseLongerSleep(plan: Rule, settings: Sleep): void {
  refuseLongerTime(plan, settings);
  refuseHours(plan, settings);
}

function refuseLongerTime({ name, autoSleepMinutes: most }: Rule, { autoSleepMinutes }: Sleep): void {
  if (sleepsAfterMinutes(autoSleepMinutes, most) === autoSleepMinutes) return;
  const message = `On the plan ${name} a project goes to sleep after at most ${most} minutes without visitors, so that one that nobody uses leaves its memory to the others. Choose 1 to ${most}, or a larger plan to keep it awake.`;
  throw new ValidationError([{ path: ['settings', 'autoSleepMinutes'], rule: 'PLAN_LIMIT', message }]);
}

function refuseHours({ name, autoSleepMinutes: most }: Rule, { keepAwake }: Sleep): void {
  if (most === null || keepAwake === null) return;
  const message = `On the plan ${name} no project is kept awake by a schedule. Leave it out, or choose a larger plan.`;
  throw new ValidationError([{ path: ['settings', 'keepAwake'], rule: 'PLAN_LIMIT', message }]);
}
