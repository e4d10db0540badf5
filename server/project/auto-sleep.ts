import { ValidationError } from '@apployd/core/refusal';
import { sleepsAfterMinutes, type ProjectSettings } from '@apployd/core/settings';
import type { Transaction } from '@apployd/prisma/create-db';

type Rule = { readonly name: string; readonly autoSleepMinutes: number | null };

/** Refuses settings with which a project would stay awake longer than its organization's plan has it. */
export async function requireAllowedSleep(
  tx: Transaction,
  organizationId: string,
  settings: ProjectSettings,
): Promise<void> {
  const select = { plan: { select: { name: true, autoSleepMinutes: true } } };
  const { plan } = await tx.organization.findUniqueOrThrow({ where: { id: organizationId }, select });
  refuseLongerSleep(plan, settings);
}

export function refuseLongerSleep({ name, autoSleepMinutes: most }: Rule, settings: ProjectSettings): void {
  const { autoSleepMinutes, keepAwake } = settings;
  if (most !== null && keepAwake !== null) refuseSchedule(name);
  if (sleepsAfterMinutes(autoSleepMinutes, most) === autoSleepMinutes) return;
  const message = `On the plan ${name} a project goes to sleep after at most ${most} minutes without visitors, so that one that nobody uses leaves its memory to the others. Choose 1 to ${most}, or a larger plan to keep it awake.`;
  throw new ValidationError([{ path: ['settings', 'autoSleepMinutes'], rule: 'PLAN_LIMIT', message }]);
}

function refuseSchedule(plan: string): never {
  const message = `On the plan ${plan} no project is kept awake by a schedule. Leave it out, or choose a larger plan.`;
  throw new ValidationError([{ path: ['settings', 'keepAwake'], rule: 'PLAN_LIMIT', message }]);
}
