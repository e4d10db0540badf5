import { emit, emitSubscription, shownInvoice } from './stripe-shown.js';
import {
  existing,
  nextId,
  type Invoice,
  type MeterEvent,
  type Phase,
  type Price,
  type Schedule,
  type Session,
  type Subscription,
  type World,
} from './stripe-world.js';

/** What happens at the API by itself, and by people on its pages: subscriptions begin, renew and end, invoices are paid or not. */

const retryAfter = 3 * 86_400;
const mostAttempts = 4;
const mostSteps = 100_000;
const taxPercent = 20;

/** A share of an amount, in whole units: the half is rounded up. */
export function portion(amount: number, part: number, whole: number): number {
  const [of, by] = [BigInt(amount) * BigInt(part) * 2n + BigInt(whole), BigInt(whole) * 2n];
  const floor = of / by;
  return Number(of < 0n && of % by !== 0n ? floor - 1n : floor);
}

/** What a customer does on the page of a session: gives a card that works, or one that does not. */
export function completeCheckout(world: World, session: Session, percentOff = 0): Subscription {
  if (session.status !== 'open') throw new Error(`The session ${session.id} is ${session.status}.`);
  if (percentOff > 0 && !session.takesCoupons) throw new Error(`The page of ${session.id} takes no coupon.`);
  session.status = 'complete';
  session.url = null;
  if (session.savesAddress) existing(world.customers, session.customer).hasAddress = true;
  const one = begin(world, session, percentOff);
  emit(world, 'checkout.session.completed', { ...session, subscription: one.id });
  emitSubscription(world, 'created', one);
  return one;
}

function begin(world: World, { customer, price, trialDays, isTaxed }: Session, percentOff: number): Subscription {
  const trialEnd = trialDays > 0 ? world.now + trialDays * 86_400 : null;
  const one: Subscription = {
    id: nextId(world, 'sub'),
    customer,
    status: 'trialing',
    created: world.now,
    itemId: nextId(world, 'si'),
    price,
    periodStart: world.now,
    periodEnd: trialEnd ?? 0,
    anchorDay: new Date((trialEnd ?? world.now) * 1_000).getUTCDate(),
    trialEnd,
    endsWithPeriod: false,
    cancelAt: null,
    canceledAt: null,
    schedule: null,
    latestInvoice: null,
    percentOff,
    isTaxed,
    metadata: {},
    metered: null,
  };
  world.subscriptions.set(one.id, one);
  if (trialEnd === null) {
    one.periodEnd = periodAfter(one, existing(world.prices, price), world.now);
    const invoice = bill(world, one, 'subscription_create', [lineOf(existing(world.prices, price))]);
    one.status = invoice.status === 'paid' ? 'active' : 'incomplete';
  }
  return one;
}

const lineOf = (price: Price) => ({ description: price.lookup_key ?? price.id, amount: price.unit_amount });

function periodAfter({ anchorDay }: Subscription, { recurring }: Price, start: number): number {
  const at = new Date(start * 1_000);
  const months = recurring.interval === 'year' ? 12 : 1;
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth() + months];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const time = start % 86_400;
  return Date.UTC(year, month, Math.min(anchorDay, lastDay)) / 1_000 + time;
}

/** What was reported in the period that ends, by what it costs each. */
function usedLines(world: World, one: Subscription): Line[] {
  if (!one.metered) return [];
  const { unit_amount: each } = existing(world.prices, one.metered.price);
  const used = unbilled(world, one).filter(({ timestamp }) => timestamp < one.periodEnd);
  const value = used.reduce((sum, event) => sum + event.value, 0);
  return value > 0 ? [{ description: `${value} used`, amount: value * each }] : [];
}

/** What was reported since the period began, and is to be on its invoice. */
function unbilled(world: World, { metered, customer, periodStart }: Subscription): MeterEvent[] {
  const meter = existing(world.prices, metered?.price ?? '').recurring.meter ?? '';
  const name = existing(world.meters, meter).event_name;
  return [...world.meterEvents.values()].filter(
    (one) => one.event_name === name && one.customer === customer && one.timestamp >= periodStart && !one.isForgone,
  );
}

/** The item has another price from now on, without prorations: what was reported until now is not billed, at any price. */
export function reprice(world: World, one: Subscription, price: string): void {
  for (const event of unbilled(world, one)) event.isForgone = true;
  meter(one, price);
}

type Line = { description: string; amount: number };

/** What an invoice with these lines would come to. */
export function draft(world: World, one: Subscription, reason: string, lines: Line[]): Invoice {
  const subtotal = lines.reduce((sum, { amount }) => sum + amount, 0);
  const discounted = subtotal - portion(subtotal, one.percentOff, 100);
  const total = discounted + (one.isTaxed ? portion(discounted, taxPercent, 100) : 0);
  const { balance } = existing(world.customers, one.customer);
  return {
    id: nextId(world, 'in'),
    object: 'invoice',
    number: `A-${world.made}`,
    status: 'open',
    customer: one.customer,
    subscription: one.id,
    currency: existing(world.prices, one.price).currency,
    subtotal,
    total,
    amount_due: Math.max(0, total + balance),
    amount_paid: 0,
    created: world.now,
    period_start: one.periodStart,
    period_end: one.periodEnd,
    billing_reason: reason,
    lines,
    attempts: 0,
    next_payment_attempt: null,
  };
}

function bill(world: World, one: Subscription, reason: string, lines: Line[]): Invoice {
  const invoice = draft(world, one, reason, lines);
  const customer = existing(world.customers, one.customer);
  customer.balance = Math.min(0, invoice.total + customer.balance);
  world.invoices.set(invoice.id, invoice);
  one.latestInvoice = invoice.id;
  attempt(world, one, invoice);
  return invoice;
}

/** Tries to take the money. */
function attempt(world: World, one: Subscription, invoice: Invoice): void {
  invoice.attempts += 1;
  if (invoice.amount_due === 0 || !world.declined.has(one.customer)) return settle(world, one, invoice);
  invoice.next_payment_attempt = invoice.attempts < mostAttempts ? world.now + retryAfter : null;
  if (one.status === 'active' || one.status === 'trialing') one.status = 'past_due';
  if (invoice.next_payment_attempt === null) one.status = 'unpaid';
  emit(world, 'invoice.payment_failed', shownInvoice(world, invoice));
}

/** Whoever owed is active again as soon as the newest invoice is paid, whatever became of those before. */
function settle(world: World, one: Subscription, invoice: Invoice): void {
  invoice.status = 'paid';
  invoice.amount_paid = invoice.amount_due;
  invoice.next_payment_attempt = null;
  const owed = ['incomplete', 'past_due', 'unpaid'].includes(one.status);
  if (owed && one.latestInvoice === invoice.id) one.status = 'active';
  emit(world, 'invoice.paid', shownInvoice(world, invoice));
}

/** A customer pays what is owed, with a card that works. */
export function payAll(world: World, customerId: string): void {
  world.declined.delete(customerId);
  const open = [...world.invoices.values()].filter((one) => one.customer === customerId && one.status === 'open');
  for (const invoice of open) {
    const one = world.subscriptions.get(invoice.subscription ?? '');
    if (!one) continue;
    settle(world, one, invoice);
    emitSubscription(world, 'updated', one);
  }
}

/** `metered`: the price of what is metered besides from then on; null: nothing is. */
export type Moved = { readonly price: Price; readonly at: number; readonly metered: string | null };

/** What is left of the old price is credited, what is left of the period is charged; another interval begins anew. */
export function prorated(world: World, one: Subscription, { price, at }: Moved): { lines: Line[]; restarts: boolean } {
  const before = existing(world.prices, one.price);
  const [left, whole] = [one.periodEnd - at, one.periodEnd - one.periodStart];
  const restarts = before.recurring.interval !== price.recurring.interval;
  if (one.status === 'trialing') return { lines: [], restarts: false };
  const credit = -portion(before.unit_amount, left, whole);
  const charge = restarts ? price.unit_amount : portion(price.unit_amount, left, whole);
  return {
    lines: [
      { description: 'unused time', amount: credit },
      { description: 'remaining time', amount: charge },
    ],
    restarts,
  };
}

/** False when the money for it could not be taken: then nothing has changed. */
export function move(world: World, one: Subscription, moved: Moved): boolean {
  const { lines, restarts } = prorated(world, one, moved);
  const due = draft(world, one, 'subscription_update', lines).amount_due;
  if (due > 0 && world.declined.has(one.customer)) return false;
  one.price = moved.price.id;
  meter(one, moved.metered);
  if (restarts) {
    one.periodStart = moved.at;
    one.anchorDay = new Date(moved.at * 1_000).getUTCDate();
    one.periodEnd = periodAfter(one, moved.price, moved.at);
  }
  if (lines.length > 0) bill(world, one, 'subscription_update', lines);
  return true;
}

/** Lets time go by for the customers of a clock, or for those of none: all that is due happens, in its order. */
export function advance(world: World, to: Date, clock: string | null = null): void {
  const end = Math.floor(to.getTime() / 1_000);
  for (let step = 0; step < mostSteps; step += 1) {
    const due = nextDue(world, end, clock);
    if (!due) {
      world.now = Math.max(world.now, end);
      return;
    }
    world.now = Math.max(world.now, due.at);
    due.run();
  }
  throw new Error('More happened than a test can mean.');
}

type Due = { readonly at: number; readonly run: () => void };

function nextDue(world: World, end: number, clock: string | null): Due | null {
  const dues: Due[] = [];
  for (const one of world.subscriptions.values()) {
    if (one.status === 'canceled' || one.status === 'incomplete') continue;
    if (existing(world.customers, one.customer).testClock !== clock) continue;
    dues.push({ at: one.periodEnd, run: () => renew(world, one) });
    const invoice = one.latestInvoice ? world.invoices.get(one.latestInvoice) : undefined;
    if (invoice?.status === 'open' && invoice.next_payment_attempt !== null) {
      dues.push({ at: invoice.next_payment_attempt, run: () => tryAgain(world, one, invoice) });
    }
  }
  const [first] = dues.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
  return first ?? null;
}

function tryAgain(world: World, one: Subscription, invoice: Invoice): void {
  const before = one.status;
  attempt(world, one, invoice);
  if (one.status !== before) emitSubscription(world, 'updated', one);
}

function renew(world: World, one: Subscription): void {
  if (one.endsWithPeriod || (one.cancelAt ?? Infinity) <= one.periodEnd) return end(world, one);
  follow(world, one);
  const price = existing(world.prices, one.price);
  const used = usedLines(world, one);
  one.periodStart = one.periodEnd;
  one.periodEnd = periodAfter(one, price, one.periodStart);
  if (one.status === 'trialing') one.status = 'active';
  bill(world, one, 'subscription_cycle', [lineOf(price), ...used]);
  emitSubscription(world, 'updated', one);
}

export function end(world: World, one: Subscription): void {
  one.status = 'canceled';
  one.canceledAt = world.now;
  const schedule = one.schedule ? world.schedules.get(one.schedule) : undefined;
  if (schedule) release(one, schedule);
  emitSubscription(world, 'deleted', one);
}

/** Its schedule goes on to the phase that begins, or is over. */
function follow(world: World, one: Subscription): void {
  const schedule = one.schedule ? world.schedules.get(one.schedule) : undefined;
  if (!schedule) return;
  const next = schedule.phases.find(({ start_date: start }) => start === one.periodEnd);
  const price = next?.items[0]?.price;
  if (!next || !price) return release(one, schedule);
  schedule.current_phase = { start_date: next.start_date, end_date: next.end_date };
  one.price = price;
  meterAs(one, next);
  one.percentOff = next.percentOff;
}

/** It has what is metered in the phase that is in force, and loses what is not. */
export const meterAs = (one: Subscription, { items }: Phase): void => meter(one, items[1]?.price ?? null);

function meter(one: Subscription, price: string | null): void {
  if (one.metered) one.metered = price === null ? null : { ...one.metered, price };
}

export function release(one: Subscription, schedule: Schedule): void {
  schedule.status = 'released';
  schedule.current_phase = null;
  schedule.subscription = null;
  one.schedule = null;
}

export function phaseEnd(one: Subscription, price: Price, start: number): number {
  return periodAfter(one, price, start);
}
