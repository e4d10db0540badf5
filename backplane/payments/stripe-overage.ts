import type Stripe from 'stripe';
import type { BillingInterval, Money } from '@apployd/core/billing';
import { billingIntervals } from '@apployd/core/billing';
import { isSamePrice, overageLookupKey } from '@apployd/core/overage';
import { InvalidStateError } from '@apployd/core/refusal';
import type { OverageReport, OverageSale } from './payments.js';

/** What metadata of a price say of the meter that it is for; those of plans say nothing of it. */
const meterKey = 'apployd_meter';
const eventName = 'apployd_bandwidth_gigabytes';
const productId = 'apployd_overage';

const overageItemOf = ({ items }: Stripe.Subscription) =>
  items.data.find(({ price }) => price.metadata[meterKey] === eventName);

/** What a gigabyte is charged at with the subscription. */
export function overagePriceOf(subscription: Stripe.Subscription): Money | null {
  const item = overageItemOf(subscription);
  return item ? moneyOf(item.price) : null;
}

/**
 * The subscription is charged for what is reported from now on, at what is offered; or at the price of before, where that was
 * reported for in this period already: Stripe forgets what was reported when an item gets another price. Without reports it
 * costs nothing: it stays, once it is there.
 */
export async function sellOverage(stripe: Stripe, sale: OverageSale): Promise<Money> {
  const { subscriptionId, interval, price: offered, isUsed, key, hold } = sale;
  const [found, sold] = await Promise.all([
    stripe.subscriptions.retrieve(subscriptionId),
    requirePrice(stripe, interval),
  ]);
  if (!isSamePrice(moneyOf(sold), offered)) throw soldAtAnother();
  const item = overageItemOf(found);
  const before = item && moneyOf(item.price);
  if (before && (isUsed || isSamePrice(before, offered))) return before;
  await hold?.();
  if (item) {
    await stripe.subscriptionItems.update(item.id, { price: sold.id, proration_behavior: 'none' });
  } else {
    await stripe.subscriptionItems.create(
      { subscription: found.id, price: sold.id },
      { idempotencyKey: `${key}-overage` },
    );
  }
  return offered;
}

function soldAtAnother(): InvalidStateError {
  const message =
    'Stripe would charge another price for bandwidth beyond the pool than is shown here, and nothing was changed. Ask the operator to run billing:sync.';
  return new InvalidStateError(message, 'NOT_FOR_SALE', ['FOR_SALE']);
}

/** What becomes of an item: another price, or nothing. */
export type ItemChange =
  | { readonly id: string; readonly price: string }
  | { readonly id: string; readonly deleted: true };

/**
 * What becomes of the item for it beside a plan that is paid for so long; null: it stays as it is, or there is none. Where it
 * is not sold for so long at the price that was agreed on, it goes.
 */
export async function overageBeside(
  stripe: Stripe,
  found: Stripe.Subscription,
  interval: BillingInterval,
): Promise<ItemChange | null> {
  const item = overageItemOf(found);
  if (!item || (item.price.recurring?.interval === 'year') === (interval === 'YEAR')) return null;
  const sold = await priceOf(stripe, interval);
  const isAsAgreed = sold !== null && isSamePrice(moneyOf(sold), moneyOf(item.price));
  return isAsAgreed ? { id: item.id, price: sold.id } : { id: item.id, deleted: true };
}

/**
 * Stripe knows the report by its id, and counts it once. The request has no key of its own: what broke is answered the same to
 * its key for a day, and the report is to be told as soon as nothing breaks any more.
 */
export async function reportOverage(stripe: Stripe, { id, customerId, gigabytes, at }: OverageReport): Promise<void> {
  const event = {
    event_name: eventName,
    identifier: id,
    timestamp: Math.floor(at.getTime() / 1_000),
    payload: { stripe_customer_id: customerId, value: String(gigabytes) },
  };
  await stripe.billing.meterEvents.create(event).catch((error: unknown) => {
    if (!isCounted(error)) throw error;
  });
}

const isCounted = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('already exists with identifier');

/** What a gigabyte is sold for; null: none is. */
export async function readOverage(stripe: Stripe): Promise<Money | null> {
  const [month, year] = await Promise.all(billingIntervals.map((interval) => priceOf(stripe, interval)));
  if (!month || !year || !isSamePrice(moneyOf(month), moneyOf(year))) return null;
  return moneyOf(month);
}

const moneyOf = ({ unit_amount: amount, currency }: Stripe.Price): Money => ({
  amountMinor: amount ?? 0,
  currency: currency.toUpperCase(),
});

/**
 * The meter, and a price for it beside plans of either interval; null: nobody can begin to buy any. The prices of before stay
 * active, but are found no more: who buys at one goes on with it, and a change that is booked names it.
 */
export async function putOverage(stripe: Stripe, money: Money | null): Promise<void> {
  const meter = money && (await ensureMeter(stripe));
  if (money) await ensureProduct(stripe);
  for (const interval of billingIntervals) {
    const before = await priceOf(stripe, interval);
    if (money && before && isSamePrice(moneyOf(before), money)) continue;
    if (money && meter) {
      await stripe.prices.create({
        product: productId,
        unit_amount: money.amountMinor,
        currency: money.currency.toLowerCase(),
        recurring: { interval: interval === 'MONTH' ? 'month' : 'year', usage_type: 'metered', meter },
        lookup_key: overageLookupKey(interval),
        transfer_lookup_key: true,
        metadata: { [meterKey]: eventName },
      });
    }
    // A key cannot be taken away, only be another.
    if (!money && before) await stripe.prices.update(before.id, { lookup_key: `${productId}_former_${before.id}` });
  }
}

async function ensureMeter(stripe: Stripe): Promise<string> {
  const meters = await stripe.billing.meters.list({ status: 'active', limit: 100 }).autoPagingToArray({ limit: 1_000 });
  const found = meters.find(({ event_name: name }) => name === eventName);
  if (found) return found.id;
  const made = await stripe.billing.meters.create({
    display_name: 'Bandwidth beyond the pool, in gigabytes',
    event_name: eventName,
    default_aggregation: { formula: 'sum' },
    customer_mapping: { type: 'by_id', event_payload_key: 'stripe_customer_id' },
    value_settings: { event_payload_key: 'value' },
  });
  return made.id;
}

async function ensureProduct(stripe: Stripe): Promise<void> {
  const [found] = (await stripe.products.list({ ids: [productId], limit: 1 })).data;
  if (!found) await stripe.products.create({ id: productId, name: 'Bandwidth beyond the pool' });
}

async function priceOf(stripe: Stripe, interval: BillingInterval): Promise<Stripe.Price | null> {
  const { data } = await stripe.prices.list({ lookup_keys: [overageLookupKey(interval)], active: true, limit: 1 });
  return data[0] ?? null;
}

async function requirePrice(stripe: Stripe, interval: BillingInterval): Promise<Stripe.Price> {
  const found = await priceOf(stripe, interval);
  if (found) return found;
  const message = 'Bandwidth beyond the pool cannot be bought yet. Ask the operator, or choose a larger plan.';
  throw new InvalidStateError(message, 'NOT_FOR_SALE', ['FOR_SALE']);
}
