import type Stripe from 'stripe';
import { lookupKeyOf, standingOf, type Offer, type Standing } from '@apployd/core/billing';
import { InvalidStateError } from '@apployd/core/refusal';
import type { Invoice, InvoiceStatus, NewCheckout, NewCustomer, Payments, SubscriptionState } from './payments.js';
import { asRefusals, stripeClient, type StripeOptions } from './stripe-client.js';
import { changePlan, previewChange, setEnding } from './stripe-change.js';
import { dateOf, offerOf, planItemOf, stateOf } from './stripe-state.js';

/** Stripe by its official client. Each call has its time, and is repeated by its key alone. */
export function stripePayments(options: StripeOptions): Payments {
  const stripe = stripeClient(options);
  const priceOf = (offer: Offer) => findPrice(stripe, offer);
  return {
    isLive: isLiveKey(options.secretKey),
    ensureCustomer: (customer) => asRefusals(() => ensureCustomer(stripe, customer)),
    subscriptions: (customerId) => asRefusals(() => subscriptionsOf(stripe, customerId)),
    openCheckout: (checkout) => asRefusals(async () => openCheckout(stripe, await priceOf(checkout.offer), checkout)),
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
    change: (change) => asRefusals(async () => changePlan(stripe, await priceOf(change.offer), change)),
    setEnding: (ending) => asRefusals(() => setEnding(stripe, ending)),
    invoices: ({ customerId, first, after }) =>
      asRefusals(async () => {
        const page = await stripe.invoices.list({
          customer: customerId,
          limit: first,
          ...(after && { starting_after: after }),
        });
        return { invoices: page.data.map(invoiceOf), hasMore: page.has_more };
      }),
  };
}

const isLiveKey = (key: string) => /^[a-z]+_live_/.test(key);

/** Made by the organization's id alone, so that it is one however often it is asked for; what else is known of it changes. */
async function ensureCustomer(stripe: Stripe, { organizationId, name, email }: NewCustomer): Promise<string> {
  const metadata = { apployd_organization: organizationId };
  const { id } = await stripe.customers.create({ metadata }, { idempotencyKey: `customer-${organizationId}` });
  await stripe.customers.update(id, { name, ...(email && { email }) });
  return id;
}

const mostSubscriptions = 100;

async function subscriptionsOf(stripe: Stripe, customer: string): Promise<SubscriptionState[]> {
  const { data } = await stripe.subscriptions.list({
    customer,
    status: 'all',
    limit: mostSubscriptions,
    expand: ['data.latest_invoice', 'data.schedule'],
  });
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
  const younger = one.createdAt.getTime() - other.createdAt.getTime();
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
async function findPrice(stripe: Stripe, offer: Offer): Promise<Stripe.Price> {
  const { data } = await stripe.prices.list({ lookup_keys: [lookupKeyOf(offer)], active: true, limit: 1 });
  const [price] = data;
  if (price) return price;
  const message = `The plan ${offer.planCode} cannot be bought for this interval yet. Ask the operator, or choose another.`;
  throw new InvalidStateError(message, 'NOT_FOR_SALE', ['FOR_SALE']);
}

async function openCheckout(stripe: Stripe, price: Stripe.Price, checkout: NewCheckout): Promise<string> {
  const { customerId: customer, trialDays, isTaxed, returnUrl, key } = checkout;
  const session = await stripe.checkout.sessions.create(
    {
      mode: 'subscription',
      customer,
      line_items: [{ price: price.id, quantity: 1 }],
      allow_promotion_codes: true,
      success_url: `${returnUrl}?checkout=done`,
      cancel_url: returnUrl,
      ...(trialDays > 0 && { subscription_data: { trial_period_days: trialDays } }),
      ...(isTaxed && {
        automatic_tax: { enabled: true },
        customer_update: { address: 'auto', name: 'auto' },
        tax_id_collection: { enabled: true },
      }),
    },
    { idempotencyKey: `${key}-checkout` },
  );
  if (!session.url) throw new Error(`The checkout session ${session.id} has no page.`);
  await expireOthers(stripe, customer, session.id);
  return session.url;
}

/** Two pages that are open could buy twice; and where one has just been bought on, ours is to sell nothing more. */
async function expireOthers(stripe: Stripe, customer: string, own: string): Promise<void> {
  const { data } = await stripe.checkout.sessions.list({ customer, status: 'open', limit: 100 });
  for (const { id } of data) if (id !== own && !(await expires(stripe, id))) await refuseSecond(stripe, own);
}

/** False when it is open no longer. */
async function expires(stripe: Stripe, id: string): Promise<boolean> {
  try {
    await stripe.checkout.sessions.expire(id);
    return true;
  } catch (error) {
    if ((error as { readonly type?: unknown }).type === 'StripeInvalidRequestError') return false;
    throw error;
  }
}

async function refuseSecond(stripe: Stripe, own: string): Promise<never> {
  await expires(stripe, own);
  const message = 'Something was bought just now on another page. Look again before you buy once more.';
  throw new InvalidStateError(message, 'SUBSCRIBED', ['NOT_SUBSCRIBED']);
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
