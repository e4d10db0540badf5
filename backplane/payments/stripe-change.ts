import type Stripe from 'stripe';
import type { BillingInterval } from '@apployd/core/billing';
import type { ChangePreview, Keyed, PlanChange } from './payments.js';
import { dateOf } from './stripe-state.js';

/** Now, with what is left of the old plan credited and the rest charged in the same moment; or when its period ends. */
export async function changePlan(stripe: Stripe, price: Stripe.Price, change: PlanChange & Keyed): Promise<void> {
  const found = await stripe.subscriptions.retrieve(change.subscriptionId, { expand: ['schedule'] });
  if (change.begins === 'PERIOD_END') return schedule(stripe, found, price, change.key);
  await release(stripe, found, change.key);
  await stripe.subscriptions.update(
    found.id,
    {
      items: [{ id: itemOf(found).id, price: price.id }],
      cancel_at_period_end: false,
      proration_behavior: 'always_invoice',
      proration_date: secondsOf(change.at),
      // A card that is refused leaves everything as it is.
      payment_behavior: 'error_if_incomplete',
    },
    { idempotencyKey: `${change.key}-change` },
  );
}

export async function previewChange(stripe: Stripe, price: Stripe.Price, change: PlanChange): Promise<ChangePreview> {
  const currency = price.currency.toUpperCase();
  const recurring = { amountMinor: price.unit_amount ?? 0, currency };
  const found = await stripe.subscriptions.retrieve(change.subscriptionId);
  if (change.begins === 'PERIOD_END') {
    const effectiveAt = dateOf(itemOf(found).current_period_end);
    return { dueNow: { amountMinor: 0, currency }, recurring, effectiveAt };
  }
  const invoice = await stripe.invoices.createPreview({
    subscription: found.id,
    subscription_details: {
      items: [{ id: itemOf(found).id, price: price.id }],
      proration_behavior: 'always_invoice',
      proration_date: secondsOf(change.at),
    },
  });
  return { dueNow: { amountMinor: invoice.total, currency }, recurring, effectiveAt: change.at };
}

export async function setEnding(
  stripe: Stripe,
  { subscriptionId, ends, key }: { readonly subscriptionId: string; readonly ends: boolean } & Keyed,
): Promise<void> {
  const found = await stripe.subscriptions.retrieve(subscriptionId, { expand: ['schedule'] });
  await release(stripe, found, key);
  if (found.cancel_at_period_end === ends) return;
  await stripe.subscriptions.update(found.id, { cancel_at_period_end: ends }, { idempotencyKey: `${key}-ending` });
}

/** What it is now up to the end of its period, then the new price, from when on it is left to itself again. */
async function schedule(stripe: Stripe, found: Stripe.Subscription, price: Stripe.Price, key: string): Promise<void> {
  const item = itemOf(found);
  if (found.cancel_at_period_end) {
    await stripe.subscriptions.update(found.id, { cancel_at_period_end: false }, { idempotencyKey: `${key}-goes-on` });
  }
  const id =
    scheduleIdOf(found) ??
    (await stripe.subscriptionSchedules.create({ from_subscription: found.id }, { idempotencyKey: `${key}-schedule` }))
      .id;
  const next = intervalOf(price);
  await stripe.subscriptionSchedules.update(
    id,
    {
      end_behavior: 'release',
      proration_behavior: 'none',
      phases: [
        {
          items: [{ price: item.price.id, quantity: 1 }],
          start_date: item.current_period_start,
          end_date: item.current_period_end,
          ...(found.status === 'trialing' && { trial: true }),
        },
        {
          items: [{ price: price.id, quantity: 1 }],
          duration: { interval: next === 'MONTH' ? 'month' : 'year', interval_count: 1 },
        },
      ],
    },
    { idempotencyKey: `${key}-phases` },
  );
}

const intervalOf = ({ recurring }: Stripe.Price): BillingInterval =>
  recurring?.interval === 'year' ? 'YEAR' : 'MONTH';

/** What was to come does not come. */
async function release(stripe: Stripe, found: Stripe.Subscription, key: string): Promise<void> {
  const id = scheduleIdOf(found);
  if (id) await stripe.subscriptionSchedules.release(id, {}, { idempotencyKey: `${key}-release` });
}

/** Of the schedule that goes on. */
function scheduleIdOf({ schedule: found }: Stripe.Subscription): string | null {
  if (!found || typeof found === 'string') return null;
  return found.status === 'active' || found.status === 'not_started' ? found.id : null;
}

function itemOf({ id, items }: Stripe.Subscription): Stripe.SubscriptionItem {
  const [item] = items.data;
  if (!item) throw new Error(`The subscription ${id} has no item.`);
  return item;
}

const secondsOf = (date: Date) => Math.floor(date.getTime() / 1_000);
