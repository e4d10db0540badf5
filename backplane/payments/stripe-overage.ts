import type Stripe from 'stripe';
import type { BillingInterval, Money } from '@apployd/core/billing';
import { billingIntervals } from '@apployd/core/billing';
import { overageLookupKey } from '@apployd/core/overage';
import { InvalidStateError } from '@apployd/core/refusal';
import type { Keyed, OverageReport } from './payments.js';

/** What metadata of a price say of the meter that it is for; those of plans say nothing of it. */
const meterKey = 'apployd_meter';
const eventName = 'apployd_bandwidth_gigabytes';
const productId = 'apployd_overage';

const overageItemOf = ({ items }: Stripe.Subscription) =>
  items.data.find(({ price }) => price.metadata[meterKey] === eventName);

/** The subscription is charged for what is reported from now on. Without reports that is nothing: it stays, once it is there. */
export async function sellOverage(
  stripe: Stripe,
  { subscriptionId, interval, key }: Keyed & { readonly subscriptionId: string; readonly interval: BillingInterval },
): Promise<void> {
  const found = await stripe.subscriptions.retrieve(subscriptionId);
  if (overageItemOf(found)) return;
  const { id: price } = await requirePrice(stripe, interval);
  await stripe.subscriptionItems.create({ subscription: found.id, price }, { idempotencyKey: `${key}-overage` });
}

/** The item for it as it is to be beside a plan that is paid for so long; null where it is not sold, or is that already. */
export async function overageBeside(
  stripe: Stripe,
  found: Stripe.Subscription,
  interval: BillingInterval,
): Promise<{ readonly id: string; readonly price: string } | null> {
  const item = overageItemOf(found);
  if (!item || (item.price.recurring?.interval === 'year') === (interval === 'YEAR')) return null;
  return { id: item.id, price: (await requirePrice(stripe, interval)).id };
}

/** Stripe knows the report by its id, and counts it once. */
export async function reportOverage(stripe: Stripe, { id, customerId, gigabytes, at }: OverageReport): Promise<void> {
  const event = {
    event_name: eventName,
    identifier: id,
    timestamp: Math.floor(at.getTime() / 1_000),
    payload: { stripe_customer_id: customerId, value: String(gigabytes) },
  };
  await stripe.billing.meterEvents.create(event, { idempotencyKey: `overage-${id}` }).catch((error: unknown) => {
    if (!isCounted(error)) throw error;
  });
}

const isCounted = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('already exists with identifier');

/** What a gigabyte is sold for; null: none is. */
export async function readOverage(stripe: Stripe): Promise<Money | null> {
  const [month, year] = await Promise.all(billingIntervals.map((interval) => priceOf(stripe, interval)));
  if (!month || !year || month.unit_amount !== year.unit_amount || month.currency !== year.currency) return null;
  return { amountMinor: month.unit_amount ?? 0, currency: month.currency.toUpperCase() };
}

/** The meter, and a price for it beside plans of either interval; null: nobody can begin to buy any. */
export async function putOverage(stripe: Stripe, money: Money | null): Promise<void> {
  const meter = money && (await ensureMeter(stripe));
  if (money) await ensureProduct(stripe);
  for (const interval of billingIntervals) {
    const before = await priceOf(stripe, interval);
    const currency = money?.currency.toLowerCase();
    if (money && before && before.unit_amount === money.amountMinor && before.currency === currency) continue;
    if (money && meter && currency) {
      await stripe.prices.create({
        product: productId,
        unit_amount: money.amountMinor,
        currency,
        recurring: { interval: interval === 'MONTH' ? 'month' : 'year', usage_type: 'metered', meter },
        lookup_key: overageLookupKey(interval),
        transfer_lookup_key: true,
        metadata: { [meterKey]: eventName },
      });
    }
    if (before) await stripe.prices.update(before.id, { active: false });
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
