import {
  existing,
  nextId,
  type Customer,
  type Invoice,
  type Price,
  type Schedule,
  type Subscription,
  type World,
} from './stripe-world.js';

/** How the API shows what it holds, and tells of it. */

export const apiVersion = '2026-10-28.endive';

export const list = (data: readonly object[], url: string, hasMore = false) => ({
  object: 'list',
  url,
  has_more: hasMore,
  data,
});

export function shownPrice(world: World, price: Price, expand: readonly string[] = []): object {
  const product = expand.includes('product') ? existing(world.products, price.product) : price.product;
  return { ...price, product, livemode: world.isLive };
}

export function shownCustomer({ deleted, testClock, hasAddress, ...customer }: Customer): object {
  const { id, object } = customer;
  const address = hasAddress ? { country: 'DE' } : null;
  return deleted ? { id, object, deleted } : { ...customer, address, test_clock: testClock };
}

export function shownInvoice(world: World, invoice: Invoice): object {
  const { attempts, lines, subscription, ...shown } = invoice;
  return {
    ...shown,
    attempt_count: attempts,
    livemode: world.isLive,
    lines: list(lines, `/v1/invoices/${invoice.id}/lines`),
    parent: { type: 'subscription_details', subscription_details: { subscription } },
    status_transitions: { finalized_at: invoice.created },
    hosted_invoice_url: `https://invoice.stripe.test/${invoice.id}`,
    invoice_pdf: `https://invoice.stripe.test/${invoice.id}/pdf`,
  };
}

export function shownSubscription(world: World, one: Subscription, expand: readonly string[] = []): object {
  const invoice = one.latestInvoice && world.invoices.get(one.latestInvoice);
  const schedule = one.schedule && world.schedules.get(one.schedule);
  return {
    id: one.id,
    object: 'subscription',
    customer: one.customer,
    status: one.status,
    created: one.created,
    livemode: world.isLive,
    cancel_at: one.endsWithPeriod ? one.periodEnd : one.cancelAt,
    cancel_at_period_end: one.endsWithPeriod,
    canceled_at: one.canceledAt,
    trial_end: one.trialEnd,
    pause_collection: one.isPaused ? { behavior: 'void', resumes_at: null } : null,
    metadata: one.metadata,
    discounts: discountsOf(one),
    items: list(
      [
        {
          id: one.itemId,
          object: 'subscription_item',
          price: shownPrice(world, existing(world.prices, one.price)),
          quantity: 1,
          current_period_start: one.periodStart,
          current_period_end: one.periodEnd,
        },
        ...(one.metered ? [shownMetered(world, one, one.metered)] : []),
      ],
      '/v1/subscription_items',
    ),
    latest_invoice: expand.includes('latest_invoice') && invoice ? shownInvoice(world, invoice) : one.latestInvoice,
    schedule: expand.includes('schedule') && schedule ? shownSchedule(schedule) : one.schedule,
  };
}

/** Without a quantity: that is what is reported. */
export const shownMetered = (
  world: World,
  { periodStart, periodEnd }: Subscription,
  { itemId, price }: { itemId: string; price: string },
) => ({
  id: itemId,
  object: 'subscription_item',
  price: shownPrice(world, existing(world.prices, price)),
  current_period_start: periodStart,
  current_period_end: periodEnd,
});

export const discountsOf = ({ id, percentOff }: Subscription): string[] => (percentOff > 0 ? [`di_${id}`] : []);

export const shownSchedule = ({ phases, ...schedule }: Schedule): object => ({
  ...schedule,
  phases: phases.map(({ percentOff: _hidden, ...phase }) => phase),
});

export function emit(world: World, type: string, object: object): void {
  world.events.push({
    id: nextId(world, 'evt'),
    object: 'event',
    type,
    created: world.now,
    livemode: world.isLive,
    api_version: apiVersion,
    data: { object: object as Record<string, unknown> },
  });
}

export const emitSubscription = (world: World, kind: string, one: Subscription): void =>
  emit(world, `customer.subscription.${kind}`, shownSubscription(world, one));
