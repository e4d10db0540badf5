import { InvalidStateError, NotFoundError } from '@apployd/core/refusal';
import type { BillingInterval } from '@apployd/core/billing';
import type { Plan } from '@apployd/prisma/generated/client/client';
import type { Context } from '../context.js';
import { requireId } from '../lookup.js';
import { lockPool } from '../allocation/pool.js';
import { pricesOf } from '../plan/prices.js';
import { refuseTooManyProjects, refuseTooSmall } from '../plan/set.js';

/** The plan, when it may be chosen and has a price for this interval: what Stripe still has one for may be sold no more. */
export async function planForSale({ db }: Context, publicId: string, interval: BillingInterval): Promise<Plan> {
  const plan = await db.plan.findUnique({ where: { id: requireId('Plan', publicId) } });
  if (!plan) throw new NotFoundError('plan', publicId);
  if (plan.isSelectable && pricesOf(plan)[interval]) return plan;
  const message = `The plan ${plan.name} is not for sale by the ${interval === 'YEAR' ? 'year' : 'month'}.`;
  throw new InvalidStateError(message, 'NOT_FOR_SALE', ['FOR_SALE']);
}

/** What was shown is what is bought. */
export function shownOffer(plan: Plan, interval: BillingInterval) {
  return { planCode: plan.code, interval, price: pricesOf(plan)[interval] ?? undefined };
}

/** Refuses, with the list of what is to shrink, a plan that gives less than the projects hold. */
export async function refuseUnfit({ db }: Context, organizationId: string, plan: Plan): Promise<void> {
  await db.$transaction(async (tx) => {
    refuseTooSmall(await lockPool(tx, organizationId, plan.id), plan);
    await refuseTooManyProjects(tx, organizationId, plan);
  });
}
