import type Stripe from 'stripe';
import type { BillingStatus, Money, Offer } from '@apployd/core/billing';
import type { SubscriptionState } from './payments.js';
import { overagePriceOf } from './stripe-overage.js';

/** What metadata of products and prices say of the plan that they sell. */
export const planKey = 'apployd_plan';

/** What metadata of subscriptions, and of schedules that go on, say of the change that made them what they are. */
export const changeKey = 'apployd_change';

/** The same of a change that has begun, and may lack its last step. */
export const begunKey = 'apployd_begun';

function changeIdsOf({ metadata, schedule }: Stripe.Subscription): string[] {
  const booked = schedule && typeof schedule !== 'string' && schedule.status === 'active' ? schedule.metadata : null;
  return [metadata[changeKey], metadata[begunKey], booked?.[changeKey]].flatMap((id) => id ?? []);
}

/** What of a subscription is for one of our plans; undefined: it is for something else that the same account sells. */
export const planItemOf = ({ items }: Stripe.Subscription): Stripe.SubscriptionItem | undefined =>
  items.data.find(({ price }) => offerOf(price) !== null);

type Looked = { readonly item: Stripe.SubscriptionItem; readonly scheduled: Stripe.Price | null };

/** The state of a subscription in our words; `scheduled`: what its schedule has it become next. */
export function stateOf(subscription: Stripe.Subscription, { item, scheduled }: Looked): SubscriptionState {
  const currentPeriodEnd = dateOf(item.current_period_end);
  const { cancel_at: cancelAt, cancel_at_period_end: endsWithPeriod, trial_end: trialEnd } = subscription;
  return {
    id: subscription.id,
    status: statusOf(subscription),
    offer: offerOf(item.price),
    price: priceOf(item.price),
    createdAt: dateOf(subscription.created),
    currentPeriodStart: dateOf(item.current_period_start),
    currentPeriodEnd,
    trialEndsAt: trialEnd === null ? null : dateOf(trialEnd),
    cancelAt: cancelAt !== null ? dateOf(cancelAt) : endsWithPeriod ? currentPeriodEnd : null,
    scheduled: scheduled && offerOf(scheduled),
    unpaidSince: unpaidSince(subscription),
    overagePrice: overagePriceOf(subscription),
    changeIds: changeIdsOf(subscription),
  };
}

/** Of one whose payments are not collected for a while, too. */
export function statusOf({ status, pause_collection: pause }: Stripe.Subscription): BillingStatus {
  const known = statuses[status];
  if (!known) throw new Error(`Stripe has the subscription status ${status}, which is not known here.`);
  return pause?.behavior === 'void' && known === 'ACTIVE' ? 'PAUSED' : known;
}

const statuses: Readonly<Record<string, BillingStatus>> = {
  incomplete: 'INCOMPLETE',
  incomplete_expired: 'CANCELED',
  trialing: 'TRIALING',
  active: 'ACTIVE',
  past_due: 'PAST_DUE',
  unpaid: 'PAST_DUE',
  paused: 'PAUSED',
  canceled: 'CANCELED',
};

export function offerOf(price: Stripe.Price): Offer | null {
  const planCode = price.metadata[planKey];
  const interval = price.recurring?.interval;
  if (!planCode || (interval !== 'month' && interval !== 'year')) return null;
  return { planCode, interval: interval === 'month' ? 'MONTH' : 'YEAR' };
}

function priceOf({ unit_amount: amountMinor, currency }: Stripe.Price): Money | null {
  return amountMinor === null ? null : { amountMinor, currency: currency.toUpperCase() };
}

function unpaidSince({ latest_invoice: invoice }: Stripe.Subscription): Date | null {
  if (!invoice || typeof invoice === 'string') return null;
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible') return null;
  return dateOf(invoice.status_transitions.finalized_at ?? invoice.created);
}

export const dateOf = (seconds: number): Date => new Date(seconds * 1_000);
