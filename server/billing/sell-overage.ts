import type { Hold } from '@apployd/backplane/payments/payments';
import type { Money } from '@apployd/core/billing';
import { isSamePrice } from '@apployd/core/overage';
import { InvalidStateError } from '@apployd/core/refusal';
import type { Context } from '../context.js';
import { wake } from '../wake.js';
import { runningOf } from './act.js';
import { notSubscribed, requireCustomer, requirePayments } from './customer.js';
import { isOfNow } from './last-reports.js';
import { offeredPrice } from './offered-price.js';

/** Has Stripe charge with the subscription for what is reported from now on, at what it gives: never more than is shown. */
export async function sellOverage(
  context: Context,
  organizationId: string,
  named: { readonly key: string; readonly hold: Hold },
): Promise<Money> {
  const payments = await requirePayments(context);
  const current = runningOf(await payments.subscriptions(await requireCustomer(context, payments, organizationId)));
  if (!current?.offer) throw notSubscribed();
  const { id: subscriptionId, offer } = current;
  const plan = await context.db.plan.findUnique({ where: { code: offer.planCode } });
  const price = offeredPrice(plan, context.settings.BILLING_OVERAGE_PRICE);
  if (!price) {
    const message = 'Bandwidth beyond the pool is not sold here. Ask the operator, or choose a larger plan.';
    throw new InvalidStateError(message, 'NOT_FOR_SALE', ['FOR_SALE']);
  }
  if (current.scheduled) {
    const message = 'The subscription is to become another one. Keep it as it is first, or wait until it has.';
    throw new InvalidStateError(message, 'SCHEDULED', ['ACTIVE']);
  }
  const isUsed = isOfNow(await context.lastReports(organizationId), current.currentPeriodStart);
  return payments.sellOverage({ subscriptionId, interval: offer.interval, price, isUsed, ...named });
}

/** That Stripe still charges what was agreed on, where more is bought of what is bought already. Gives that price. */
export async function requireCharged(context: Context, organizationId: string, agreed: Money | null): Promise<Money> {
  const payments = await requirePayments(context);
  const current = runningOf(await payments.subscriptions(await requireCustomer(context, payments, organizationId)));
  if (!current) throw notSubscribed();
  if (agreed && current.overagePrice && isSamePrice(current.overagePrice, agreed)) return agreed;
  // The engine ends what is not charged as agreed.
  await wake(context, 'settle-billing', [organizationId]);
  const message =
    'Stripe does not charge the price any more at which bandwidth beyond the pool was bought, and nothing was changed. Look again in a moment, then buy it anew.';
  throw new InvalidStateError(message, 'PRICE_CHANGED', ['PRICE_AGREED']);
}
