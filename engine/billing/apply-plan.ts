import { graceOf } from '@apployd/core/billing';
import type { Plan } from '@apployd/prisma/generated/client/client';
import { overLimit } from './over-limit.js';
import { record } from './record.js';
import type { Scene } from './scene.js';
import { takeSlices } from './take-slices.js';
import { dueWarnings, warn } from './warn.js';

/**
 * Puts the organization on the plan that it pays for, or on its former one when it pays no longer. Where it holds more than
 * that gives, it keeps what it has for a while, and is warned; then the newest of its projects give up their slices.
 */
export async function applyPlan(scene: Scene): Promise<void> {
  const { tx, organization, billing, engine, now } = scene;
  await noteFormer(scene);
  const next = await nextPlan(scene);
  if (!next || next.id === organization.planId) return endGrace(scene);
  const surplus = await overLimit(tx, organization.id, next);
  if (surplus.length === 0) {
    await setPlan(scene, next);
    return endGrace(scene);
  }
  // Who has owed a payment before has had that time already.
  const since = billing.overLimitSince ?? billing.unpaidSince ?? now;
  const grace = graceOf(since, engine.settings.billingGraceDays, now);
  if (grace.isOver) {
    await takeSlices(scene, surplus);
    await setPlan(scene, next);
    return endGrace(scene);
  }
  const warnings = dueWarnings(grace, billing.overLimitWarnings);
  const data = { overLimitSince: since, overLimitWarnings: warnings ?? billing.overLimitWarnings };
  await tx.billing.update({ where: { organizationId: organization.id }, data });
  if (warnings !== null) await warn(scene, 'billing.over_limit', { endsAt: grace.endsAt, plan: next.name });
}

/** What the organization has when it begins to pay is its former plan until it has that again. */
async function noteFormer({ tx, organization, standing, billing }: Scene): Promise<void> {
  const { code } = organization.plan;
  const former = billing.formerPlanCode;
  const formerPlanCode = standing === 'NONE' ? (former === code ? null : former) : (former ?? code);
  if (formerPlanCode === former) return;
  await tx.billing.update({ where: { organizationId: organization.id }, data: { formerPlanCode } });
}

/** Null: it stays as it is. What is paid for but is no plan of ours changes nothing. */
async function nextPlan({ tx, billing, standing }: Scene): Promise<Plan | null> {
  const code = standing === 'NONE' ? billing.formerPlanCode : billing.planCode;
  return code === null ? null : tx.plan.findUnique({ where: { code } });
}

async function setPlan({ tx, organization, standing }: Scene, next: Plan): Promise<void> {
  const { id, plan } = organization;
  await tx.organization.update({ where: { id }, data: { planId: next.id, poolVersion: { increment: 1 } } });
  if (standing === 'NONE') await tx.billing.update({ where: { organizationId: id }, data: { formerPlanCode: null } });
  await record(tx, organization, 'organization.plan_set', {
    before: { plan: plan.code },
    after: { from: plan.code, to: next.code },
  });
}

async function endGrace({ tx, organization, billing }: Scene): Promise<void> {
  if (billing.overLimitSince === null) return;
  const data = { overLimitSince: null, overLimitWarnings: 0 };
  await tx.billing.update({ where: { organizationId: organization.id }, data });
}
