import { invalid } from './stripe-request.js';
import type { Form } from './stripe-form.js';
import type { Work } from './stripe-routes.js';
import { known } from './stripe-sale-routes.js';
import { emit } from './stripe-shown.js';
import { advance } from './stripe-time.js';
import { nextId, type TestClock, type World } from './stripe-world.js';

/** Clocks that stand until they are moved, each with the customers that were made with it. */

export const clockRoutes: Readonly<Record<string, Work>> = {
  'POST /v1/test_helpers/test_clocks': (world, parameters) => {
    const frozenTime = parameters.whole('frozen_time') ?? 0;
    const name = parameters.optional('name');
    if (frozenTime <= 0) throw invalid('parameter_missing', 'Missing required param: frozen_time.', 'frozen_time');
    return () => {
      const clock: TestClock = {
        ...{ id: nextId(world, 'clock'), object: 'test_helpers.test_clock', livemode: false },
        ...{ name, created: world.now, frozen_time: frozenTime, status: 'ready' },
      };
      world.clocks.set(clock.id, clock);
      return clock;
    };
  },
  'GET /v1/test_helpers/test_clocks/*': (world, _parameters, id) => {
    const clock = known(world.clocks, 'test clock', id);
    return () => {
      const shown = { ...clock };
      // What is due happens behind the answer: only who looks again sees it ready.
      clock.status = 'ready';
      return shown;
    };
  },
  'POST /v1/test_helpers/test_clocks/*/advance': (world, parameters, id) => {
    const clock = known(world.clocks, 'test clock', id);
    const to = parameters.whole('frozen_time') ?? 0;
    if (clock.status !== 'ready') throw invalid('test_clock_not_ready', 'The clock is advancing already.');
    if (to <= clock.frozen_time) throw invalid('parameter_invalid', 'A clock goes forward alone.', 'frozen_time');
    if (to > clock.frozen_time + 2 * shortestInterval(world, clock)) {
      throw invalid('parameter_invalid', 'At most two of the shortest intervals at a time.', 'frozen_time');
    }
    return () => {
      atClock(world, clock, () => advance(world, new Date(to * 1_000), clock.id));
      Object.assign(clock, { frozen_time: to, status: 'advancing' });
      emit(world, 'test_helpers.test_clock.ready', { ...clock, status: 'ready' });
      return clock;
    };
  },
};

const [month, year] = [31 * 86_400, 366 * 86_400];

function shortestInterval(world: World, { id }: TestClock): number {
  const own = [...world.subscriptions.values()].filter((one) => world.customers.get(one.customer)?.testClock === id);
  return own.some(({ price }) => world.prices.get(price)?.recurring.interval === 'month') ? month : year;
}

/** Does something at the time that it is for whom a request is about. */
export function atTimeOf<T>(world: World, customerId: string | null, run: () => T): T {
  const clock = world.clocks.get(world.customers.get(customerId ?? '')?.testClock ?? '');
  return clock ? atClock(world, clock, run) : run();
}

function atClock<T>(world: World, { frozen_time: time }: TestClock, run: () => T): T {
  const before = world.now;
  world.now = time;
  try {
    return run();
  } finally {
    world.now = before;
  }
}

/** Whom a request is about, by what it names. */
export function customerIn(world: World, form: Form, id: string): string | null {
  const payload = typeof form['payload'] === 'object' && !Array.isArray(form['payload']) ? form['payload'] : {};
  const names = [form['customer'], form['subscription'], form['from_subscription'], payload['stripe_customer_id'], id];
  for (const name of names) {
    if (typeof name !== 'string') continue;
    const schedule = world.schedules.get(name);
    const owned =
      world.sessions.get(name) ?? world.subscriptions.get(schedule?.subscription ?? name) ?? meteredBy(world, name);
    const customer = world.customers.has(name) ? name : owned?.customer;
    if (customer) return customer;
  }
  return null;
}

const meteredBy = (world: World, itemId: string) =>
  [...world.subscriptions.values()].find(({ metered }) => metered?.itemId === itemId);
