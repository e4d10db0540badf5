/** What the API's account holds, in its own words and seconds. */

export type Price = {
  id: string;
  object: 'price';
  product: string;
  active: boolean;
  lookup_key: string | null;
  unit_amount: number;
  currency: string;
  type: 'recurring';
  recurring: {
    interval: 'month' | 'year';
    interval_count: 1;
    usage_type: 'licensed' | 'metered';
    meter: string | null;
  };
  metadata: Record<string, string>;
  created: number;
};
export type Product = {
  id: string;
  object: 'product';
  name: string;
  active: boolean;
  metadata: Record<string, string>;
};
export type Customer = {
  id: string;
  object: 'customer';
  name: string | null;
  email: string | null;
  balance: number;
  /** Whether it is known where they live: on the page of a session that saves it, it is given. */
  hasAddress: boolean;
  deleted: boolean;
  testClock: string | null;
  metadata: Record<string, string>;
};
export type Session = {
  id: string;
  object: 'checkout.session';
  status: 'open' | 'complete' | 'expired';
  customer: string;
  url: string | null;
  price: string;
  trialDays: number;
  isTaxed: boolean;
  /** Whether a coupon can be entered on its page. */
  takesCoupons: boolean;
  savesAddress: boolean;
  created: number;
  metadata: Record<string, string>;
};
export type Phase = {
  start_date: number;
  end_date: number;
  items: { price: string; quantity?: number }[];
  percentOff: number;
};
export type Schedule = {
  id: string;
  object: 'subscription_schedule';
  status: 'active' | 'released';
  subscription: string | null;
  current_phase: { start_date: number; end_date: number } | null;
  phases: Phase[];
  end_behavior: string;
  metadata: Record<string, string>;
};
export type Subscription = {
  id: string;
  customer: string;
  status: 'incomplete' | 'trialing' | 'active' | 'past_due' | 'unpaid' | 'canceled' | 'paused';
  created: number;
  itemId: string;
  price: string;
  periodStart: number;
  periodEnd: number;
  /** The day of the month on which its periods begin. */
  anchorDay: number;
  trialEnd: number | null;
  endsWithPeriod: boolean;
  /** Where it ends by its time alone, as in the portal. */
  cancelAt: number | null;
  /** Nothing is collected: whoever runs the platform has said so in Stripe's dashboard. */
  isPaused?: boolean;
  canceledAt: number | null;
  schedule: string | null;
  latestInvoice: string | null;
  percentOff: number;
  isTaxed: boolean;
  metadata: Record<string, string>;
  /** What is metered, beside the plan. */
  metered: { itemId: string; price: string } | null;
};
export type Meter = {
  id: string;
  object: 'billing.meter';
  display_name: string;
  event_name: string;
  status: 'active';
  default_aggregation: { formula: 'sum' };
};
export type MeterEvent = {
  identifier: string;
  event_name: string;
  customer: string;
  value: number;
  timestamp: number;
  /** Its item got another price without being billed before: it counts, and is on no invoice. */
  isForgone: boolean;
};
export type TestClock = {
  id: string;
  object: 'test_helpers.test_clock';
  livemode: false;
  name: string | null;
  created: number;
  frozen_time: number;
  status: 'ready' | 'advancing';
};
export type Invoice = {
  id: string;
  object: 'invoice';
  number: string;
  status: 'open' | 'paid' | 'void';
  customer: string;
  subscription: string | null;
  currency: string;
  subtotal: number;
  total: number;
  amount_due: number;
  amount_paid: number;
  created: number;
  period_start: number;
  period_end: number;
  billing_reason: string;
  lines: { description: string; amount: number }[];
  attempts: number;
  next_payment_attempt: number | null;
};
export type Event = {
  id: string;
  object: 'event';
  type: string;
  created: number;
  livemode: boolean;
  api_version: string;
  data: { object: Record<string, unknown> };
};

export type World = {
  now: number;
  readonly products: Map<string, Product>;
  readonly prices: Map<string, Price>;
  readonly customers: Map<string, Customer>;
  readonly sessions: Map<string, Session>;
  readonly schedules: Map<string, Schedule>;
  readonly subscriptions: Map<string, Subscription>;
  readonly invoices: Map<string, Invoice>;
  readonly clocks: Map<string, TestClock>;
  readonly meters: Map<string, Meter>;
  readonly meterEvents: Map<string, MeterEvent>;
  readonly events: Event[];
  /** Customers whose card is refused. */
  readonly declined: Set<string>;
  isLive: boolean;
  made: number;
};

export function emptyWorld(now: Date): World {
  return {
    now: Math.floor(now.getTime() / 1_000),
    products: new Map(),
    prices: new Map(),
    customers: new Map(),
    sessions: new Map(),
    schedules: new Map(),
    subscriptions: new Map(),
    invoices: new Map(),
    clocks: new Map(),
    meters: new Map(),
    meterEvents: new Map(),
    events: [],
    declined: new Set(),
    isLive: false,
    made: 0,
  };
}

export const nextId = (world: World, prefix: string): string =>
  `${prefix}_${String((world.made += 1)).padStart(6, '0')}`;

export function existing<T>(map: ReadonlyMap<string, T>, id: string): T {
  const found = map.get(id);
  if (!found) throw new Error(`There is no ${id}.`);
  return found;
}
