import type Stripe from 'stripe';
import type { BillingInterval } from '@apployd/core/billing';
import { PaymentRequiredError } from '@apployd/core/refusal';
import type { ChangePreview, Hold, Keyed, Named, PlanChange, ShownOffer } from './payments.js';
import { isToEnd } from './refuse-ending.js';
import { overageBeside, type ItemChange } from './stripe-overage.js';
import { partsOf } from './stripe-parts.js';
import { begunKey, changeKey, dateOf, planItemOf, statusOf } from './stripe-state.js';

/** Now, with what is left of the old plan credited and the rest charged in the same moment; or when its period ends. */
export async function changePlan(stripe: Stripe, priceOf: PriceOf, change: PlanChange & Named): Promise<void> {
  const { key, hold = free } = change;
  const found = await stripe.subscriptions.retrieve(change.subscriptionId, { expand: ['schedule'] });
  if (change.begins === 'PERIOD_END') {
    if (isBooked(found, key)) return;
    // What was decided first holds: taken back for a booking that then fails, it would be lost.
    if (isEnding(found)) throw isToEnd();
    return book(stripe, found, { price: await priceOf(change.offer), key, hold });
  }
  const isCharged = found.metadata[changeKey] === key;
  if (isCharged && found.status === 'canceled') return;
  // What is charged is not asked for again, so that nothing of it can be refused: not even a price that is sold no longer.
  if (!isCharged) await charge(stripe, found, await priceOf(change.offer), change);
  // Only then: who is refused keeps what they had decided before.
  await release(stripe, found, hold);
  await goOn(stripe, found, hold);
}

/** The price that is for sale now. */
type PriceOf = (offer: ShownOffer) => Promise<Stripe.Price>;

const free: Hold = async () => undefined;

/** Its booking was the last that was to be done. */
function isBooked({ schedule: booked }: Stripe.Subscription, key: string): boolean {
  return typeof booked === 'object' && booked?.status === 'active' && booked.metadata?.[changeKey] === key;
}

async function charge(
  stripe: Stripe,
  found: Stripe.Subscription,
  price: Stripe.Price,
  { at, key, attempt = 1, hold = free }: PlanChange & Named,
): Promise<void> {
  refuseOwing(found);
  const items = await itemsOf(stripe, found, price);
  await hold();
  await stripe.subscriptions.update(
    found.id,
    {
      items,
      metadata: { [changeKey]: key },
      proration_behavior: 'always_invoice',
      proration_date: secondsOf(at),
      // A card that is refused leaves everything as it is.
      payment_behavior: 'error_if_incomplete',
    },
    { idempotencyKey: `${key}-change-${attempt}` },
  );
}

export async function previewChange(stripe: Stripe, price: Stripe.Price, change: PlanChange): Promise<ChangePreview> {
  const currency = price.currency.toUpperCase();
  const recurring = { amountMinor: price.unit_amount ?? 0, currency };
  const found = await stripe.subscriptions.retrieve(change.subscriptionId);
  if (change.begins === 'PERIOD_END') {
    const effectiveAt = dateOf(itemOf(found).current_period_end);
    return { dueNow: { amountMinor: 0, currency }, parts: [], recurring, effectiveAt };
  }
  refuseOwing(found);
  const invoice = await stripe.invoices.createPreview({
    subscription: found.id,
    subscription_details: {
      items: await itemsOf(stripe, found, price),
      proration_behavior: 'always_invoice',
      proration_date: secondsOf(change.at),
    },
  });
  const { total, amount_due: due } = invoice;
  // What was credited before is taken off what is due.
  const dueNow = { amountMinor: total < 0 ? total : due, currency };
  return { dueNow, parts: partsOf(invoice, currency), recurring, effectiveAt: change.at };
}

export async function setEnding(
  stripe: Stripe,
  ending: { readonly subscriptionId: string; readonly ends: boolean } & Named,
): Promise<void> {
  const { subscriptionId, ends, key, hold = free } = ending;
  const found = await stripe.subscriptions.retrieve(subscriptionId, { expand: ['schedule'] });
  // Done is done, whatever was decided since.
  if (found.metadata[changeKey] === key) return;
  const isBegun = found.metadata[begunKey] === key;
  if (isBegun && found.status === 'canceled') return;
  // Before the booking goes: whoever finds this half done is to see whose it is, and does the rest.
  if (!isBegun && scheduleIdOf(found)) {
    await hold();
    await stripe.subscriptions.update(found.id, { metadata: { [begunKey]: key } });
  }
  await release(stripe, found, hold);
  const said = ends ? !isEnding(found) && { cancel_at_period_end: true } : takenBack(found);
  await hold();
  await stripe.subscriptions.update(found.id, { ...said, metadata: { [changeKey]: key } });
}

/** A change credits what is left of a period: of one that is not paid, that would pay for it. */
function refuseOwing(found: Stripe.Subscription): void {
  const status = statusOf(found);
  if (status === 'ACTIVE' || status === 'TRIALING') return;
  const message = 'A payment is owed, and nothing was changed. Pay it in the billing portal, then change the plan.';
  throw new PaymentRequiredError(message);
}

/** With its period, or at another time: in the portal Stripe says the time alone. */
const isEnding = ({ cancel_at: at, cancel_at_period_end: withPeriod }: Stripe.Subscription) =>
  at !== null || withPeriod;

// What says how things are to be, rather than what is to happen, has no key: asked for again it is true again.

async function goOn(stripe: Stripe, found: Stripe.Subscription, hold: Hold): Promise<void> {
  const said = takenBack(found);
  if (!said) return;
  await hold();
  await stripe.subscriptions.update(found.id, said);
}

/** Null where it goes on as it is. */
function takenBack(found: Stripe.Subscription): Stripe.SubscriptionUpdateParams | null {
  if (!isEnding(found)) return null;
  return found.cancel_at_period_end ? { cancel_at_period_end: false } : { cancel_at: '' };
}

type Booked = Keyed & { readonly price: Stripe.Price; readonly hold: Hold };

/** What it is now up to the end of its period, then the new price, from when on it is left to itself again. */
async function book(stripe: Stripe, found: Stripe.Subscription, { price, key, hold }: Booked): Promise<void> {
  const item = itemOf(found);
  const overage = await overageBeside(stripe, found, intervalOf(price));
  await hold();
  const id = scheduleIdOf(found) ?? (await stripe.subscriptionSchedules.create({ from_subscription: found.id })).id;
  const discounts = found.discounts.map((one) => ({ discount: typeof one === 'string' ? one : one.id }));
  await hold();
  await stripe.subscriptionSchedules.update(id, {
    end_behavior: 'release',
    metadata: { [changeKey]: key },
    proration_behavior: 'none',
    phases: [
      {
        items: itemsWith(found, item.price.id),
        discounts,
        start_date: item.current_period_start,
        end_date: item.current_period_end,
        ...(found.status === 'trialing' && { trial: true }),
      },
      {
        items: itemsWith(found, price.id, overage),
        discounts,
        duration: { interval: intervalOf(price) === 'MONTH' ? 'month' : 'year', interval_count: 1 },
      },
    ],
  });
}

/** All that is paid for, with this price for the plan. */
function itemsWith(found: Stripe.Subscription, price: string, overage: ItemChange | null = null) {
  const { id: own } = itemOf(found);
  const priceOf = (item: Stripe.SubscriptionItem) => {
    if (item.id === own) return price;
    if (item.id !== overage?.id) return item.price.id;
    return 'price' in overage ? overage.price : null;
  };
  return found.items.data.flatMap((item) => {
    const next = priceOf(item);
    if (next === null) return [];
    return [{ price: next, ...(item.quantity !== undefined && { quantity: item.quantity }) }];
  });
}

/** What becomes of the items that change: all that is billed together is billed as often. */
async function itemsOf(stripe: Stripe, found: Stripe.Subscription, price: Stripe.Price): Promise<ItemChange[]> {
  const overage = await overageBeside(stripe, found, intervalOf(price));
  return [{ id: itemOf(found).id, price: price.id }, ...(overage ? [overage] : [])];
}

const intervalOf = ({ recurring }: Stripe.Price): BillingInterval =>
  recurring?.interval === 'year' ? 'YEAR' : 'MONTH';

/** What was to come does not come. */
async function release(stripe: Stripe, found: Stripe.Subscription, hold: Hold): Promise<void> {
  const id = scheduleIdOf(found);
  if (!id) return;
  await hold();
  await stripe.subscriptionSchedules.release(id);
}

/** Of the schedule that goes on. */
function scheduleIdOf({ schedule: found }: Stripe.Subscription): string | null {
  if (!found || typeof found === 'string') return null;
  return found.status === 'active' || found.status === 'not_started' ? found.id : null;
}

function itemOf(subscription: Stripe.Subscription): Stripe.SubscriptionItem {
  const item = planItemOf(subscription);
  if (!item) throw new Error(`The subscription ${subscription.id} is for no plan.`);
  return item;
}

const secondsOf = (date: Date) => Math.floor(date.getTime() / 1_000);
