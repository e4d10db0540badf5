import { invalid, metadataOf, missing, within, type Parameters } from './stripe-request.js';
import type { Work } from './stripe-routes.js';
import { emit, list, shownCustomer, shownInvoice, shownPrice } from './stripe-shown.js';
import { nextId, type Customer, type Price, type World } from './stripe-world.js';

/** Products, prices, customers, and the pages on which people buy. */

/** What the API does not let through as the id of somebody it knows. */
export function known<T>(map: ReadonlyMap<string, T>, what: string, id: string): T {
  const found = map.get(id);
  if (!found) throw missing(what, id);
  return found;
}

/** Who was deleted is known by name alone. */
export function knownCustomer(world: World, id: string): Customer {
  const customer = known(world.customers, 'customer', id);
  if (customer.deleted) throw missing('customer', id);
  return customer;
}

/** Those after the one that is named, as many as are asked for. */
export function paged<T extends { readonly id: string }>(all: readonly T[], parameters: Parameters) {
  const limit = parameters.whole('limit') ?? 10;
  const after = parameters.optional('starting_after');
  if (limit < 1 || limit > 100) throw invalid('parameter_invalid_integer', 'Invalid limit', 'limit');
  const start = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
  return { page: all.slice(start, start + limit), hasMore: all.length > start + limit };
}

export const saleRoutes: Readonly<Record<string, Work>> = {
  'GET /v1/products': (world, parameters) => {
    const ids = parameters.texts('ids');
    const { page, hasMore } = paged(
      [...world.products.values()].filter(({ id }) => ids.length === 0 || ids.includes(id)),
      parameters,
    );
    return () => list(page, '/v1/products', hasMore);
  },
  'POST /v1/products': (world, parameters) => {
    const id = parameters.optional('id') ?? nextId(world, 'prod');
    const name = parameters.text('name');
    const metadata = metadataOf(parameters.object('metadata'));
    if (world.products.has(id)) throw invalid('resource_already_exists', `Product already exists: ${id}`, 'id');
    return () => put(world.products, { id, object: 'product' as const, name, active: true, metadata });
  },
  'POST /v1/products/*': (world, parameters, id) => {
    const product = known(world.products, 'product', id);
    const name = parameters.optional('name') ?? product.name;
    const active = parameters.flag('active', product.active);
    return () => Object.assign(product, { name, active });
  },
  'GET /v1/prices': (world, parameters) => {
    const keys = parameters.texts('lookup_keys');
    if (keys.length > 10) throw invalid('parameter_invalid', 'At most 10 lookup_keys.', 'lookup_keys');
    const active = parameters.optional('active');
    parameters.oneOf('type', ['recurring', 'one_time'], 'recurring');
    const expand = expandOf(parameters, ['data.product']);
    const found = [...world.prices.values()].filter(
      (one) =>
        (keys.length === 0 || keys.includes(one.lookup_key ?? '')) &&
        (active === null || String(one.active) === active),
    );
    const { page, hasMore } = paged(found, parameters);
    const shown = page.map((one) => shownPrice(world, one, expand));
    return () => list(shown, '/v1/prices', hasMore);
  },
  'GET /v1/prices/*': (world, _parameters, id) => {
    const price = known(world.prices, 'price', id);
    return () => shownPrice(world, price);
  },
  'POST /v1/prices': (world, parameters) => {
    const price = readPrice(world, parameters);
    const transfers = parameters.flag('transfer_lookup_key', false);
    const holder = [...world.prices.values()].find((one) => price.lookup_key && one.lookup_key === price.lookup_key);
    if (holder && !transfers) throw invalid('resource_already_exists', 'A price already uses that lookup key.');
    return () => {
      if (holder) holder.lookup_key = null;
      return shownPrice(world, put(world.prices, price));
    };
  },
  'POST /v1/prices/*': (world, parameters, id) => {
    const price = known(world.prices, 'price', id);
    const active = parameters.flag('active', price.active);
    const key = parameters.optional('lookup_key') ?? price.lookup_key;
    if (key === '') throw invalid('parameter_invalid_empty', 'A lookup key cannot be empty.', 'lookup_key');
    const isTaken = [...world.prices.values()].some((one) => one !== price && key !== null && one.lookup_key === key);
    if (isTaken) throw invalid('resource_already_exists', 'A price already uses that lookup key.');
    return () => shownPrice(world, Object.assign(price, { active, lookup_key: key }));
  },
  'POST /v1/customers': (world, parameters) => {
    const name = parameters.optional('name');
    const email = parameters.optional('email');
    const metadata = metadataOf(parameters.object('metadata'));
    const clock = parameters.optional('test_clock');
    const testClock = clock === null ? null : known(world.clocks, 'test clock', clock).id;
    return () => {
      const customer = {
        id: nextId(world, 'cus'),
        object: 'customer' as const,
        name,
        email,
        balance: 0,
        hasAddress: false,
        deleted: false,
        testClock,
        metadata,
      };
      emit(world, 'customer.created', shownCustomer(customer));
      return shownCustomer(put(world.customers, customer));
    };
  },
  'GET /v1/customers/*': (world, _parameters, id) => {
    const customer = known(world.customers, 'customer', id);
    return () => shownCustomer(customer);
  },
  'POST /v1/customers/*': (world, parameters, id) => {
    const customer = knownCustomer(world, id);
    const name = parameters.optional('name') ?? customer.name;
    const email = parameters.optional('email') ?? customer.email;
    return () => shownCustomer(Object.assign(customer, { name, email }));
  },
  'POST /v1/checkout/sessions': (world, parameters) => {
    const made = readCheckout(world, parameters);
    return () => {
      const id = nextId(world, 'cs');
      const url = `https://checkout.stripe.test/${id}`;
      return put(world.sessions, { id, object: 'checkout.session' as const, status: 'open' as const, url, ...made });
    };
  },
  'GET /v1/checkout/sessions': (world, parameters) => {
    const { id: customer } = knownCustomer(world, parameters.text('customer'));
    const status = parameters.oneOf('status', ['open', 'complete', 'expired'], 'open');
    const own = [...world.sessions.values()].filter((one) => one.customer === customer && one.status === status);
    const { page, hasMore } = paged(own.reverse(), parameters);
    return () => list(page, '/v1/checkout/sessions', hasMore);
  },
  'GET /v1/checkout/sessions/*': (world, _parameters, id) => {
    const session = known(world.sessions, 'checkout session', id);
    return () => session;
  },
  'POST /v1/checkout/sessions/*/expire': (world, _parameters, id) => {
    const session = known(world.sessions, 'checkout session', id);
    if (session.status !== 'open') throw invalid('resource_invalid_state', 'Only open sessions can be expired.');
    return () => Object.assign(session, { status: 'expired', url: null });
  },
  'POST /v1/billing_portal/sessions': (world, parameters) => {
    const { id } = knownCustomer(world, parameters.text('customer'));
    const returnUrl = parameters.text('return_url');
    within(parameters.object('flow_data'), (inner) =>
      inner.oneOf('type', ['payment_method_update'], 'payment_method_update'),
    );
    const session = { id: nextId(world, 'bps'), object: 'billing_portal.session', customer: id, return_url: returnUrl };
    return () => ({ ...session, url: `https://billing.stripe.test/${session.id}` });
  },
  'GET /v1/invoices': (world, parameters) => {
    const { id: customer } = knownCustomer(world, parameters.text('customer'));
    const own = [...world.invoices.values()].filter((one) => one.customer === customer).reverse();
    const { page, hasMore } = paged(own, parameters);
    const shown = page.map((one) => shownInvoice(world, one));
    return () => list(shown, '/v1/invoices', hasMore);
  },
};

function put<T extends { readonly id: string }>(map: Map<string, T>, one: T): T {
  map.set(one.id, one);
  return one;
}

/** What is shown whole rather than by its id; the API refuses what it cannot show so. */
export function expandOf(parameters: Parameters, allowed: readonly string[]): string[] {
  return parameters.texts('expand').map((path) => {
    if (!allowed.includes(path)) throw invalid('parameter_invalid', `This property cannot be expanded (${path}).`);
    return path.replace(/^data\./, '');
  });
}

function readPrice(world: World, parameters: Parameters): Price {
  const currency = parameters.text('currency');
  if (!/^[a-z]{3}$/.test(currency)) throw invalid('parameter_invalid', 'Invalid currency', 'currency');
  const amount = parameters.whole('unit_amount');
  if (amount === null || amount < 0) throw invalid('parameter_missing', 'Missing required param: unit_amount.');
  return {
    id: nextId(world, 'price'),
    object: 'price',
    product: known(world.products, 'product', parameters.text('product')).id,
    active: true,
    lookup_key: parameters.optional('lookup_key'),
    unit_amount: amount,
    currency,
    type: 'recurring',
    recurring: within(parameters.object('recurring'), (inner) => ({
      interval: inner.oneOf('interval', ['month', 'year'], 'month'),
      interval_count: 1 as const,
      usage_type: inner.oneOf('usage_type', ['licensed', 'metered'], 'licensed'),
      meter: meterOf(world, inner.optional('meter')),
    })),
    metadata: metadataOf(parameters.object('metadata')),
    created: world.now,
  };
}

/** A metered price is of a meter: only the id of one that is there is let through. */
function meterOf(world: World, id: string | null): string | null {
  return id === null ? null : known(world.meters, 'meter', id).id;
}

function readCheckout(world: World, parameters: Parameters) {
  parameters.oneOf('mode', ['subscription'], 'subscription');
  const { id: customer, hasAddress } = knownCustomer(world, parameters.text('customer'));
  for (const name of ['success_url', 'cancel_url']) {
    if (!URL.canParse(parameters.text(name))) throw invalid('url_invalid', 'Not a valid URL', name);
  }
  const takesCoupons = parameters.flag('allow_promotion_codes', false);
  const isTaxed = within(parameters.object('automatic_tax'), (inner) => inner.flag('enabled', false));
  const saved = within(parameters.object('customer_update'), (inner) => ({
    address: inner.oneOf('address', ['auto', 'never'], 'never') === 'auto',
    name: inner.oneOf('name', ['auto', 'never'], 'never') === 'auto',
  }));
  if (isTaxed && !hasAddress && !saved.address) {
    throw invalid(
      'customer_tax_location_invalid',
      "Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid address to the Customer or set either `customer_update[address]` to 'auto' or `customer_update[shipping]` to 'auto' to save the address entered in Checkout to the Customer.",
    );
  }
  const takesTaxIds = within(parameters.object('tax_id_collection'), (inner) => inner.flag('enabled', false));
  if (takesTaxIds && !saved.name) {
    throw invalid(
      'parameter_missing',
      'Tax ID collection requires updating business name on the customer. To enable tax ID collection for an existing customer, please set `customer_update[name]` to `auto`.',
    );
  }
  const [item, ...others] = parameters.objects('line_items');
  if (!item || others.length > 0) throw invalid('parameter_missing', 'One line item.', 'line_items');
  const price = within(item, (inner) => {
    inner.whole('quantity');
    return known(world.prices, 'price', inner.text('price'));
  });
  if (!price.active) throw invalid('price_inactive', 'The price is inactive.', 'line_items[0][price]');
  const trialDays = within(parameters.object('subscription_data'), (inner) => inner.whole('trial_period_days') ?? 0);
  const metadata = metadataOf(parameters.object('metadata'));
  return {
    ...{ customer, price: price.id, trialDays, isTaxed, takesCoupons, savesAddress: saved.address },
    ...{ created: world.now, metadata },
  };
}
