import { ApiError, invalid, metadataOf, missing, within, type Parameters } from './stripe-request.js';
import type { Work } from './stripe-routes.js';
import { expandOf, known, knownCustomer, paged } from './stripe-sale-routes.js';
import {
  discountsOf,
  emitSubscription,
  list,
  shownInvoice,
  shownMetered,
  shownSchedule,
  shownSubscription,
} from './stripe-shown.js';
import { draft, meterAs, move, phaseEnd, prorated, release, reprice } from './stripe-time.js';
import { nextId, type Price, type Schedule, type Subscription, type World } from './stripe-world.js';

/** Subscriptions, what is to come of them, and what a change would cost. */

const expandable = ['latest_invoice', 'schedule', 'data.latest_invoice', 'data.schedule'];

export const subscriptionRoutes: Readonly<Record<string, Work>> = {
  'GET /v1/subscriptions': (world, parameters) => {
    const { id: customer } = knownCustomer(world, parameters.text('customer'));
    const status = parameters.optional('status');
    const expand = expandOf(parameters, expandable);
    const own = [...world.subscriptions.values()].filter(
      (one) => one.customer === customer && (status === 'all' || one.status !== 'canceled'),
    );
    const { page, hasMore } = paged(own.reverse(), parameters);
    const shown = page.map((one) => shownSubscription(world, one, expand));
    return () => list(shown, '/v1/subscriptions', hasMore);
  },
  'GET /v1/subscriptions/*': (world, parameters, id) => {
    const expand = expandOf(parameters, expandable);
    const one = known(world.subscriptions, 'subscription', id);
    return () => shownSubscription(world, one, expand);
  },
  'POST /v1/subscriptions/*': (world, parameters, id) => {
    const one = known(world.subscriptions, 'subscription', id);
    if (one.status === 'canceled') throw invalid('resource_missing', 'A canceled subscription can only be looked at.');
    const ending = readEnding(one, parameters);
    const moved = readMove(world, one, parameters);
    parameters.oneOf('payment_behavior', ['error_if_incomplete'], 'error_if_incomplete');
    const metadata = { ...one.metadata, ...metadataOf(parameters.object('metadata')) };
    return () => {
      if (moved && !move(world, one, moved)) {
        throw new ApiError(402, { type: 'card_error', code: 'card_declined', message: 'Your card was declined.' });
      }
      Object.assign(one, ending, { metadata });
      emitSubscription(world, 'updated', one);
      return shownSubscription(world, one);
    };
  },
  'POST /v1/subscription_items': (world, parameters) => {
    const one = known(world.subscriptions, 'subscription', parameters.text('subscription'));
    const price = known(world.prices, 'price', parameters.text('price'));
    if (price.recurring.usage_type !== 'metered' || one.metered) {
      throw invalid('resource_already_exists', 'The subscription has such an item already.', 'price');
    }
    if (!price.active) throw invalid('price_inactive', 'The price is inactive.', 'price');
    refuseOtherInterval(price, known(world.prices, 'price', one.price));
    return () => {
      one.metered = { itemId: nextId(world, 'si'), price: price.id };
      emitSubscription(world, 'updated', one);
      return shownMetered(world, one, one.metered);
    };
  },
  'POST /v1/subscription_items/*': (world, parameters, id) => {
    const one = [...world.subscriptions.values()].find(({ metered }) => metered?.itemId === id);
    if (!one?.metered) throw missing('subscription item', id);
    const { metered } = one;
    parameters.oneOf('proration_behavior', ['none'], 'none');
    const price = known(world.prices, 'price', parameters.text('price'));
    if (!price.active) throw invalid('price_inactive', 'The price is inactive.', 'price');
    if (price.recurring.usage_type !== 'metered') throw invalid('parameter_invalid', 'It is metered.', 'price');
    refuseOtherInterval(price, known(world.prices, 'price', one.price));
    return () => {
      if (price.id !== metered.price) reprice(world, one, price.id);
      emitSubscription(world, 'updated', one);
      return shownMetered(world, one, { ...metered, price: price.id });
    };
  },
  'POST /v1/subscription_schedules': (world, parameters) => {
    const one = known(world.subscriptions, 'subscription', parameters.text('from_subscription'));
    if (one.schedule) throw invalid('resource_already_exists', 'The subscription has a schedule already.');
    if (one.endsWithPeriod || one.cancelAt !== null) throw invalid('resource_invalid_state', 'The subscription ends.');
    return () => {
      const phase = { start_date: one.periodStart, end_date: one.periodEnd };
      const schedule: Schedule = {
        id: nextId(world, 'sub_sched'),
        object: 'subscription_schedule',
        status: 'active',
        subscription: one.id,
        current_phase: phase,
        phases: [{ ...phase, items: itemsOf(one), percentOff: one.percentOff }],
        end_behavior: 'release',
        metadata: {},
      };
      world.schedules.set(schedule.id, schedule);
      one.schedule = schedule.id;
      return shownSchedule(schedule);
    };
  },
  'POST /v1/subscription_schedules/*': (world, parameters, id) => {
    const schedule = known(world.schedules, 'subscription schedule', id);
    const one = known(world.subscriptions, 'subscription', schedule.subscription ?? '');
    parameters.oneOf('end_behavior', ['release'], 'release');
    parameters.oneOf('proration_behavior', ['none'], 'none');
    const phases = readPhases(world, one, parameters);
    const metadata = { ...schedule.metadata, ...metadataOf(parameters.object('metadata')) };
    return () => {
      schedule.metadata = metadata;
      const current = phases.find(({ start_date: start }) => start <= world.now) ?? phases[0];
      schedule.phases = phases;
      one.percentOff = current?.percentOff ?? 0;
      if (current) meterAs(one, current);
      schedule.current_phase = current ? { start_date: current.start_date, end_date: current.end_date } : null;
      emitSubscription(world, 'updated', one);
      return shownSchedule(schedule);
    };
  },
  'POST /v1/subscription_schedules/*/release': (world, _parameters, id) => {
    const schedule = known(world.schedules, 'subscription schedule', id);
    if (schedule.status !== 'active') throw invalid('resource_invalid_state', 'It is released already.');
    const one = known(world.subscriptions, 'subscription', schedule.subscription ?? '');
    return () => {
      release(one, schedule);
      emitSubscription(world, 'updated', one);
      return shownSchedule(schedule);
    };
  },
  'POST /v1/invoices/create_preview': (world, parameters) => {
    const one = known(world.subscriptions, 'subscription', parameters.text('subscription'));
    const moved = within(parameters.object('subscription_details'), (inner) => readMove(world, one, inner));
    if (!moved) throw invalid('parameter_missing', 'Nothing to preview.', 'subscription_details');
    const { lines } = prorated(world, one, moved);
    const invoice = draft(world, one, 'subscription_update', lines);
    return () => shownInvoice(world, invoice);
  },
};

/** How it is to end: said in one way, and of what has no schedule, which says so itself. */
function readEnding(one: Subscription, parameters: Parameters): Pick<Subscription, 'endsWithPeriod' | 'cancelAt'> {
  const [withPeriod, at] = [parameters.optional('cancel_at_period_end'), parameters.optional('cancel_at')];
  if (withPeriod === null && at === null) return { endsWithPeriod: one.endsWithPeriod, cancelAt: one.cancelAt };
  if (one.schedule) throw invalid('resource_invalid_state', 'The subscription is managed by its schedule.');
  if (withPeriod !== null && at !== null) throw invalid('parameter_invalid', 'Say cancel_at in one way.', 'cancel_at');
  if (at !== null) return { endsWithPeriod: false, cancelAt: at === '' ? null : Number(at) };
  // Going on by the flag does not take back what was said by the time.
  return { endsWithPeriod: parameters.flag('cancel_at_period_end', false), cancelAt: one.cancelAt };
}

/** Null when no other price is asked for. */
function readMove(world: World, one: Subscription, parameters: Parameters) {
  const at = parameters.whole('proration_date') ?? world.now;
  parameters.oneOf('proration_behavior', ['always_invoice'], 'always_invoice');
  const items = parameters.objects('items').map((item) =>
    within(item, (inner) => {
      const id = inner.text('id');
      // A price of its own says nothing of what goes.
      if (inner.flag('deleted', false)) return [id, null] as const;
      return [id, known(world.prices, 'price', inner.text('price'))] as const;
    }),
  );
  if (items.length === 0) return null;
  const own = [one.itemId, one.metered?.itemId];
  if (items.some(([id]) => !own.includes(id))) throw invalid('resource_missing', 'No such subscription_item', 'items');
  const prices = new Map(items);
  const price = prices.get(one.itemId);
  if (!price) throw invalid('parameter_missing', 'The item of the plan.', 'items');
  const asked = one.metered ? prices.get(one.metered.itemId) : null;
  const metered =
    asked === undefined && one.metered ? known(world.prices, 'price', one.metered.price) : (asked ?? null);
  refuseOtherInterval(price, metered);
  if (at < one.periodStart || at > one.periodEnd) {
    throw invalid('parameter_invalid', 'proration_date is to be in the current period.', 'proration_date');
  }
  return { price, at, metered: metered?.id ?? null };
}

const itemsOf = ({ price, metered }: Subscription) => [
  { price, quantity: 1 },
  ...(metered ? [{ price: metered.price }] : []),
];

/** All that is billed together is billed as often. */
function refuseOtherInterval({ recurring }: Price, besides: Price | null): void {
  if (!besides || besides.recurring.interval === recurring.interval) return;
  throw invalid('parameter_invalid', 'All prices on a subscription must have the same interval.', 'items');
}

function readPhases(world: World, one: Subscription, parameters: Parameters): Schedule['phases'] {
  let start = one.periodStart;
  const phases = parameters.objects('phases').map((form) =>
    within(form, (inner) => {
      const [price, metered] = readPhasePrices(world, inner);
      const begins = inner.whole('start_date') ?? start;
      const hasDuration = within(inner.object('duration'), (duration) => {
        duration.whole('interval_count');
        return duration.optional('interval') !== null;
      });
      inner.flag('trial', false);
      const discounts = inner.objects('discounts').map((given) => within(given, (own) => own.text('discount')));
      if (discounts.some((id) => !discountsOf(one).includes(id)))
        throw invalid('resource_missing', 'No such discount.');
      const percentOff = discounts.length > 0 ? one.percentOff : 0;
      const ends = inner.whole('end_date') ?? (hasDuration ? phaseEnd(one, price, begins) : null);
      if (ends === null || ends <= begins) throw invalid('parameter_invalid', 'A phase is to have an end.', 'phases');
      start = ends;
      const items = [{ price: price.id, quantity: 1 }, ...(metered ? [{ price: metered.id }] : [])];
      return { start_date: begins, end_date: ends, items, percentOff };
    }),
  );
  if (phases[0]?.start_date !== one.periodStart) {
    throw invalid('parameter_invalid', 'The phase that goes on keeps its start.', 'phases[0][start_date]');
  }
  return phases;
}

/** Of the plan, and of what is metered beside it. */
function readPhasePrices(world: World, phase: Parameters): readonly [Price, Price | null] {
  const [plan, metered = null] = phase.objects('items').map((item) =>
    within(item, (inner) => {
      const price = known(world.prices, 'price', inner.text('price'));
      const quantity = inner.whole('quantity');
      if (quantity !== null && price.recurring.usage_type === 'metered') throw noQuantity();
      return price;
    }),
  );
  if (!plan) throw invalid('parameter_missing', 'A phase has items.', 'phases');
  refuseOtherInterval(plan, metered);
  return [plan, metered];
}

const noQuantity = () => invalid('parameter_invalid', 'A metered price has no quantity.', 'quantity');
