import { invalid, within } from './stripe-request.js';
import type { Work } from './stripe-routes.js';
import { knownCustomer, paged } from './stripe-sale-routes.js';
import { list } from './stripe-shown.js';
import { nextId, type Meter } from './stripe-world.js';

/** What is counted, and charged by what it comes to. */

const [longestAgo, soonest] = [35 * 86_400, 300];

export const meterRoutes: Readonly<Record<string, Work>> = {
  'GET /v1/billing/meters': (world, parameters) => {
    parameters.oneOf('status', ['active', 'inactive'], 'active');
    const { page, hasMore } = paged([...world.meters.values()], parameters);
    return () => list(page, '/v1/billing/meters', hasMore);
  },
  'POST /v1/billing/meters': (world, parameters) => {
    const [displayName, eventName] = [parameters.text('display_name'), parameters.text('event_name')];
    const formula = within(parameters.object('default_aggregation'), (inner) => inner.text('formula'));
    if (formula !== 'sum') throw invalid('parameter_invalid', 'Sums alone are known here.', 'default_aggregation');
    within(parameters.object('customer_mapping'), (inner) => [inner.text('type'), inner.text('event_payload_key')]);
    within(parameters.object('value_settings'), (inner) => inner.text('event_payload_key'));
    if ([...world.meters.values()].some(({ event_name: name }) => name === eventName)) {
      throw invalid('resource_already_exists', `There is an active meter for ${eventName} already.`, 'event_name');
    }
    return () => {
      const meter: Meter = {
        ...{ id: nextId(world, 'mtr'), object: 'billing.meter', status: 'active' },
        ...{ display_name: displayName, event_name: eventName, default_aggregation: { formula } },
      };
      world.meters.set(meter.id, meter);
      return meter;
    };
  },
  'POST /v1/billing/meter_events': (world, parameters) => {
    const [name, identifier] = [parameters.text('event_name'), parameters.text('identifier')];
    const timestamp = parameters.whole('timestamp') ?? world.now;
    const { customer, value } = within(parameters.object('payload'), (inner) => ({
      customer: knownCustomer(world, inner.text('stripe_customer_id')).id,
      value: inner.whole('value') ?? 0,
    }));
    if (![...world.meters.values()].some(({ event_name: known }) => known === name)) {
      throw invalid('resource_missing', `There is no active meter for ${name}.`, 'event_name');
    }
    if (timestamp < world.now - longestAgo || timestamp > world.now + soonest) {
      throw invalid('timestamp_invalid', 'The timestamp is too old, or of the future.', 'timestamp');
    }
    if (world.meterEvents.has(identifier)) {
      throw invalid('parameter_invalid', `An event already exists with identifier ${identifier}.`, 'identifier');
    }
    return () => {
      world.meterEvents.set(identifier, { identifier, event_name: name, customer, value, timestamp, isForgone: false });
      const payload = { stripe_customer_id: customer, value: String(value) };
      return { object: 'billing.meter_event', identifier, event_name: name, timestamp, created: world.now, payload };
    };
  },
};
