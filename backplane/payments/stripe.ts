import type Stripe from 'stripe';
import { isSubscribed, lookupKeyOf, standingOf, type Standing } from '@apployd/core/billing';
import { InvalidStateError } from '@apployd/core/refusal';
import type { Invoice, InvoiceStatus, Payments, ShownOffer, SubscriptionState } from './payments.js';
import { asRefusals, stripeClient, type StripeOptions } from './stripe-client.js';
import { changePlan, previewChange, setEnding } from './stripe-change.js';
import { openCheckout } from './stripe-checkout.js';
import { ensureCustomer, hasCustomer, noneOfDeleted } from './stripe-customer.js';
import { reportOverage, sellOverage } from './stripe-overage.js';
import { dateOf, offerOf, planItemOf, stateOf } from './stripe-state.js';

/** Stripe by its official client. Each call has its time, and is repeated by its key alone. */
export function stripePayments(options: StripeOptions): Payments {
  const stripe = stripeClient(options);
  const priceOf = (offer: ShownOffer) => findPrice(stripe, offer);
  return {
    isLive: isLiveKey(options.secretKey),
    ensureCustomer: (customer) => asRefusals(() => ensureCustomer(stripe, customer)),
    hasCustomer: (customerId) => asRefusals(() => hasCustomer(stripe, customerId)),
    subscriptions: (customerId) => asRefusals(() => subscriptionsOf(stripe, customerId)),
    openCheckout: (checkout) =>
      asRefusals(async () => {
        const isRunning = async () => (await subscriptionsOf(stripe, checkout.customerId)).some(runs);
        return openCheckout(stripe, await priceOf(checkout.offer), { ...checkout, isSubscribed: isRunning });
      }),
    openPortal: ({ customerId, returnUrl, page }) =>
      asRefusals(async () => {
        const session = await stripe.billingPortal.sessions.create({
          customer: customerId,
          return_url: returnUrl,
          ...(page === 'PAYMENT_METHOD' && { flow_data: { type: 'payment_method_update' } }),
        });
        return session.url;
      }),
    preview: (change) => asRefusals(async () => previewChange(stripe, await priceOf(change.offer), change)),
    change: (change) => asRefusals(() => changePlan(stripe, priceOf, change)),
    setEnding: (ending) => asRefusals(() => setEnding(stripe, ending)),
    sellOverage: (sale) => asRefusals(() => sellOverage(stripe, sale)),
    reportOverage: (report) => asRefusals(() => reportOverage(stripe, report)),
    invoices: ({ customerId, first, after }) =>
      asRefusals(async () => {
        const page = await stripe.invoices.list(
          { customer: customerId, limit: first, ...(after && { starting_after: after }) },
          shownAtOnce,
        );
        return { invoices: page.data.map(invoiceOf), hasMore: page.has_more };
      }),
  };
}

/** A page that is read is shown without what takes longer. */
const shownAtOnce = { timeout: 4_000, maxNetworkRetries: 0 };

const runs = ({ status }: SubscriptionState) => isSubscribed(status);

const isLiveKey = (key: string) => /^[a-z]+_live_/.test(key);

const mostSubscriptions = 100;

async function subscriptionsOf(stripe: Stripe, customer: string): Promise<SubscriptionState[]> {
  const list = { customer, status: 'all', limit: mostSubscriptions } as const;
  const { data } = await stripe.subscriptions
    .list({ ...list, expand: ['data.latest_invoice', 'data.schedule'] })
    .catch(noneOfDeleted(stripe, customer));
  const states: SubscriptionState[] = [];
  for (const one of data) {
    const item = planItemOf(one);
    if (item) states.push(stateOf(one, { item, scheduled: await nextPrice(stripe, one.schedule) }));
  }
  return states.sort(byWeight);
}

const weights: readonly Standing[] = ['PAID', 'UNPAID', 'NONE'];

/** What is paid for counts more than what is owed, that more than what is over; of equals the oldest, or what was last. */
function byWeight(one: SubscriptionState, other: SubscriptionState): number {
  const [first, second] = [one, other].map(({ status }) => weights.indexOf(standingOf[status]));
  if (first !== second) return (first ?? 0) - (second ?? 0);
  const younger = one.createdAt.getTime() - other.createdAt.getTime() || (one.id < other.id ? -1 : 1);
  return standingOf[one.status] === 'NONE' ? -younger : younger;
}

/** The price of the phase that follows the current one. */
async function nextPrice(stripe: Stripe, schedule: string | Stripe.SubscriptionSchedule | null) {
  if (!schedule || typeof schedule === 'string' || schedule.status !== 'active') return null;
  const { current_phase: current, phases } = schedule;
  const next = current && phases.find(({ start_date: start }) => start >= current.end_date);
  for (const { price } of next?.items ?? []) {
    const found = await stripe.prices.retrieve(typeof price === 'string' ? price : price.id);
    if (offerOf(found)) return found;
  }
  return null;
}

/** The price that is for sale now. */
async function findPrice(stripe: Stripe, offer: ShownOffer): Promise<Stripe.Price> {
  const { data } = await stripe.prices.list({ lookup_keys: [lookupKeyOf(offer)], active: true, limit: 1 });
  const [price] = data;
  if (price && isAsShown(price, offer)) return price;
  if (price) {
    const message = `The price of the plan ${offer.planCode} is changing just now, and nothing was bought. Try again later, or ask the operator.`;
    throw new InvalidStateError(message, 'PRICE_CHANGES', ['FOR_SALE']);
  }
  const message = `The plan ${offer.planCode} cannot be bought for this interval yet. Ask the operator, or choose another.`;
  throw new InvalidStateError(message, 'NOT_FOR_SALE', ['FOR_SALE']);
}

/** Until `npm run billing:sync` Stripe sells at the price of before. */
function isAsShown({ unit_amount: amount, currency }: Stripe.Price, { price }: ShownOffer): boolean {
  return !price || (price.amountMinor === amount && price.currency.toLowerCase() === currency);
}

function invoiceOf(invoice: Stripe.Invoice): Invoice {
  return {
    id: invoice.id,
    number: invoice.number,
    status: (invoice.status ?? 'draft').toUpperCase() as InvoiceStatus,
    total: { amountMinor: invoice.total, currency: invoice.currency.toUpperCase() },
    createdAt: dateOf(invoice.created),
    periodStart: dateOf(invoice.period_start),
    periodEnd: dateOf(invoice.period_end),
    url: invoice.hosted_invoice_url ?? null,
    pdfUrl: invoice.invoice_pdf ?? null,
  };
}
