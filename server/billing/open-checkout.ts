import type { BillingInterval } from '@apployd/core/billing';
import { InvalidStateError } from '@apployd/core/refusal';
import { perform } from '../access/perform.js';
import type { Context } from '../context.js';
import { beginAct, billingPage, runningOf } from './act.js';
import { ensureCustomer, requirePayments } from './customer.js';
import { planForSale, refuseUnfit, shownOffer } from './plan-for-sale.js';
import { trialDaysOf } from './trial.js';

export type BillingCheckoutOpenInput = {
  readonly organizationId: string;
  readonly planId: string;
  readonly interval: BillingInterval;
  readonly idempotencyKey?: string | null;
};

/** The page on which the organization's first plan is bought. Nothing is paid before somebody does so there. */
export async function openCheckout(context: Context, input: BillingCheckoutOpenInput) {
  const { organizationId, act, request, ...begun } = await beginAct(context, 'billingCheckoutOpen', input);
  const isDone = await begun.isDone();
  const payments = await requirePayments(context);
  const plan = await planForSale(context, input.planId, input.interval);
  const customerId = await ensureCustomer(context, payments, organizationId);
  const before = await payments.subscriptions(customerId);
  if (!isDone && runningOf(before)) {
    const message = 'The organization has a subscription already. Change its plan with billingPlanChange.';
    throw new InvalidStateError(message, 'SUBSCRIBED', ['NOT_SUBSCRIBED']);
  }
  if (!isDone) await refuseUnfit(context, organizationId, plan);
  const { BILLING_TAX: isTaxed = false } = context.settings;
  const url = await payments.openCheckout({
    ...{ customerId, key: request, isTaxed, returnUrl: await billingPage(context, organizationId) },
    offer: shownOffer(plan, input.interval),
    // One is tried once.
    trialDays: before.length === 0 ? trialDaysOf(context.settings) : 0,
  });
  const made = await perform(context, act, async () => ({
    result: { organizationId },
    audit: { target: input.organizationId, after: { plan: plan.code, interval: input.interval } },
  }));
  return { ...made, url };
}
