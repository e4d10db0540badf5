import { publicId } from '@apployd/core/id';
import { poolHoldings } from '@apployd/core/pool-holdings';
import { poolViolations } from '@apployd/core/pool-rules';
import { NotFoundError, PlanLimitError, QuotaExceededError } from '@apployd/core/refusal';
import { sumResources } from '@apployd/core/resources';
import { appendEvent } from '@apployd/prisma/append-event';
import { countOverages } from '@apployd/prisma/count-overages';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Plan } from '@apployd/prisma/generated/client/client';
import { asOperator, performAsOperator } from '../access/perform.js';
import { requireVersion } from '../allocation/divide.js';
import { divisionOf, messageOf } from '../allocation/limits.js';
import { limitsOf, lockPool, type LockedPool } from '../allocation/pool.js';
import { paymentMode } from '../billing/payment-mode.js';
import type { Context } from '../context.js';
import { requireId } from '../lookup.js';
import { wake } from '../wake.js';

export type OrganizationPlanSetInput = {
  readonly organizationId: string;
  readonly planId: string;
  readonly expectedPoolVersion?: number | null;
  readonly idempotencyKey?: string | null;
};

/** Puts an organization on another plan, when how it divides its pool fits the new one. */
export async function setOrganizationPlan(context: Context, input: OrganizationPlanSetInput) {
  const viewer = await asOperator(context, 'organizationPlanSet');
  const organizationId = requireId('Organization', input.organizationId);
  const planId = requireId('Plan', input.planId);
  const act = { mutation: 'organizationPlanSet', organizationId, input };
  const isLive = await paymentMode(context);
  const made = await performAsOperator(context, act, async (tx) => {
    await requireRows(tx, { organizationId, planId }, input);
    const before = await lockPool(tx, organizationId, planId);
    requireVersion(before.version, input.expectedPoolVersion);
    const plan = await tx.plan.findUniqueOrThrow({ where: { id: planId } });
    refuseTooSmall(before, plan);
    await refuseTooManyProjects(tx, organizationId, plan);
    await countOverages(tx, [organizationId], { now: new Date(), isLive });
    await tx.organization.update({ where: { id: organizationId }, data: { planId, poolVersion: { increment: 1 } } });
    await settleWithBill(tx, organizationId, plan);
    await appendEvent(tx, {
      organizationId,
      streamId: organizationId,
      kind: 'ORGANIZATION',
      type: 'organization.plan_set',
      subjectId: organizationId,
      actorId: viewer.userId,
      data: { from: before.plan.code, to: plan.code },
    });
    const audit = { target: input.organizationId, before: { plan: before.plan.code }, after: { plan: plan.code } };
    return { result: { organizationId, planId }, audit };
  });
  context.events.publish('organization', organizationId);
  await wake(context, 'settle-billing', [organizationId]);
  return made;
}

/** Who pays for no plan has this one as their own from now on; and who owes a payment is given time anew to make it. */
async function settleWithBill(tx: Transaction, organizationId: string, { code }: Plan): Promise<void> {
  const version = { increment: 1 };
  await tx.billing.updateMany({
    where: { organizationId, OR: [{ status: null }, { status: { in: ['INCOMPLETE', 'CANCELED'] } }] },
    data: { formerPlanCode: code, version },
  });
  await tx.billing.updateMany({
    where: { organizationId, organization: { suspendedAt: { not: null } } },
    data: { unpaidSince: null, unpaidWarnings: 0, settledAt: null, version },
  });
}

async function requireRows(
  tx: Transaction,
  ids: { readonly organizationId: string; readonly planId: string },
  input: OrganizationPlanSetInput,
): Promise<void> {
  const select = { id: true };
  const organization = await tx.organization.findUnique({ where: { id: ids.organizationId }, select });
  if (!organization) throw new NotFoundError('organization', input.organizationId);
  const plan = await tx.plan.findUnique({ where: { id: ids.planId }, select });
  if (!plan) throw new NotFoundError('plan', input.planId);
}

/** Refuses with what all projects hold together, the most that they may, and what each of them holds, the largest first. */
export function refuseTooSmall(before: LockedPool, plan: Plan): void {
  const total = limitsOf(plan);
  const requested = sumResources(before.allocations.map(limitsOf));
  const division = divisionOf({ ...before, total });
  const violations = poolViolations(division);
  if (violations.length === 0) return;
  const message = messageOf(violations, 'Make slices smaller, or free some.');
  throw new QuotaExceededError(message, requested, total, violations, poolHoldings(division, violations));
}

export async function refuseTooManyProjects(tx: Transaction, organizationId: string, plan: Plan): Promise<void> {
  const current = await tx.project.count({ where: { organizationId, deletesAt: null } });
  const { name, maxProjects: maximum } = plan;
  if (current <= maximum) return;
  const message = `The plan ${name} holds ${maximum} projects, and ${publicId('Organization', organizationId)} has ${current}: delete ${current - maximum} of them first.`;
  throw new PlanLimitError(message, 'projects', { maximum, current });
}
