import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { stripeCatalogue } from '@apployd/backplane/payments/stripe-catalogue';
import { stripePayments } from '@apployd/backplane/payments/stripe';
import type { Payments } from '@apployd/backplane/payments/payments';
import { stripeApi, type StripeApi } from '@apployd/backplane/payments/testing/stripe-api';
import { testClock } from '@apployd/backplane/payments/testing/test-clock';
import { dayMs, type Offer } from '@apployd/core/billing';
import { newId, publicId } from '@apployd/core/id';
import { mailContext, type Mail } from '@apployd/core/mail';
import { GiB } from '@apployd/core/resources';
import { testDatabase, type TestDatabase } from '@apployd/prisma/test-database';
import type { Environment } from '@apployd/prisma/generated/client/client';
import { anEngine, type TestEngine } from '../testing/an-engine.js';
import { aDeployment, anEnvironment } from '../testing/a-deployment.js';
import { never } from '../testing/use-engine.js';
import type { Engine } from '../engine.js';
import { askForPaymentEvents } from './ask-for-events.js';
import { seePaymentEvent } from './see-payment-event.js';
import { settleBilling } from './settle.js';
import { settleDue } from './settle-due.js';

let database: TestDatabase;
let machine: TestEngine;
let api: StripeApi;
let engine: Engine;
let payments: Payments;
const asked: string[] = [];
beforeAll(async () => {
  [database, api] = await Promise.all([testDatabase(), stripeApi(new Date('2027-01-01T00:00:00Z'))]);
  machine = await anEngine(database);
  payments = stripePayments(api);
  engine = {
    ...machine,
    payments: async () => payments,
    clock: { ...machine.clock, now: api.now },
    jobs: { ...machine.jobs, ask: async (name, id) => void asked.push(`${name} ${id}`) },
  };
  for (const [code, month] of [
    ['HOBBY', 500],
    ['PRO', 2_000],
    ['BUSINESS', 8_000],
  ] as const) {
    const money = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
    await stripeCatalogue(api).put({ code, name: code, prices: { MONTH: money(month), YEAR: money(10 * month) } });
  }
});
// Nobody else's subscriptions go on, nor are looked at.
afterEach(async () => {
  api.world.subscriptions.clear();
  await engine.db.billing.deleteMany();
  delivered = api.events.length;
});
afterAll(async () => {
  await machine.close();
  await api.close();
  await database.close();
});

const drifts = () => machine.findings.counts.get('billing.drift') ?? 0;
const monthly = (planCode: string): Offer => ({ planCode, interval: 'MONTH' });
const days = (count: number) => new Date(api.now().getTime() + count * dayMs);
const minutes = (count: number) => new Date(api.now().getTime() + count * 60_000);
let delivered = 0;

/** A customer of an organization on FREE, with one project of so much memory. */
async function aCustomer(memoryBytes = GiB / 4) {
  const environment = await anEnvironment(machine);
  const { organizationId, projectId } = environment;
  const slice = { memoryBytes: BigInt(memoryBytes), cpuMillicores: 100 };
  await engine.db.allocation.update({ where: { projectId }, data: slice });
  await engine.db.organization.update({ where: { id: organizationId }, data: { plan: { connect: { code: 'FREE' } } } });
  await anOwner(organizationId);
  const customerId = await payments.ensureCustomer({ organizationId, name: 'Acme', email: null });
  await engine.db.billing.create({ data: { organizationId, customerId, isLive: false } });
  return { organizationId, projectId, customerId, environment };
}

async function anOwner(organizationId: string): Promise<void> {
  const id = newId();
  await engine.db.user.create({ data: { id, name: 'Ada', email: `${id}@example.com`, emailVerified: true } });
  await engine.db.membership.create({ data: { organizationId, userId: id, role: 'OWNER' } });
}

/** What the app of an environment needs to be live. */
async function goLive(environment: Environment): Promise<void> {
  const { id: liveDeploymentId } = await aDeployment(machine, environment, { status: 'READY', serving: 'LIVE' });
  await engine.db.environment.update({ where: { id: environment.id }, data: { liveDeploymentId } });
}

async function buy(customerId: string, offer: Offer) {
  const checkout = {
    customerId,
    offer,
    key: newId(),
    trialDays: 0,
    isTaxed: false,
    returnUrl: 'http://platform.test/',
  };
  return api.buy(await payments.openCheckout(checkout));
}

/** What the server writes down of an event. */
async function receive(one: { id: string; type: string; livemode: boolean }, customerId: string | null) {
  const row = { id: newId(), externalId: `${one.id}-${newId()}`, type: one.type, isLive: one.livemode, customerId };
  await engine.db.webhookEvent.create({ data: { ...row, receivedAt: api.now() } });
  return row.id;
}

const customerOf = ({ data: { object } }: StripeApi['events'][number]) =>
  String(object['customer'] ?? object['id'] ?? '');

/** Delivers what has happened since the last delivery. */
async function deliver(to = engine): Promise<void> {
  for (const event of api.events.slice(delivered)) await seePaymentEvent(to, await receive(event, customerOf(event)));
  delivered = api.events.length;
}

const organization = (id: string) =>
  engine.db.organization.findUniqueOrThrow({ where: { id }, include: { plan: true, billing: true } });
const planOf = async (id: string) => (await organization(id)).plan.code;
const environmentOf = ({ id }: Environment) => engine.db.environment.findUniqueOrThrow({ where: { id } });
const told = async (streamId: string) =>
  (await engine.db.event.findMany({ where: { streamId }, orderBy: { sequence: 'asc' } })).map(({ type }) => type);

const audited = async (organizationId: string) =>
  (await engine.db.auditEvent.findMany({ where: { organizationId } })).map(({ action }) => action);

describe('an event', () => {
  test('gives the plan that was bought, once, and says so in the audit log and to those who follow', async () => {
    const { organizationId, customerId } = await aCustomer();
    await buy(customerId, monthly('PRO'));
    await deliver();
    delivered = 0;
    await deliver();
    expect(await organization(organizationId)).toMatchObject({
      plan: { code: 'PRO' },
      poolVersion: 2,
      billing: { status: 'ACTIVE', planCode: 'PRO', interval: 'MONTH', formerPlanCode: 'FREE' },
    });
    expect(await told(organizationId)).toEqual(['billing.changed', 'organization.plan_set']);
    const entries = await engine.db.auditEvent.findMany({ where: { organizationId }, orderBy: { id: 'asc' } });
    expect(entries).toMatchObject([
      { action: 'billing.changed', actorKind: 'SYSTEM' },
      { action: 'organization.plan_set', changes: { before: { plan: 'FREE' }, after: { from: 'FREE', to: 'PRO' } } },
    ]);
  });

  test('of an unknown kind, a foreign customer or the other mode changes nothing', async () => {
    const { organizationId, customerId } = await aCustomer();
    await buy(customerId, monthly('PRO'));
    const outcome = async (type: string, customer: string | null, livemode = false) => {
      const id = await receive({ id: newId(), type, livemode }, customer);
      await seePaymentEvent(engine, id);
      return (await engine.db.webhookEvent.findUniqueOrThrow({ where: { id } })).outcome;
    };
    expect(await outcome('charge.dispute.created', customerId)).toBe('UNKNOWN_TYPE');
    expect(await outcome('invoice.paid', 'cus_foreign')).toBe('FOREIGN_CUSTOMER');
    expect(await outcome('invoice.paid', null)).toBe('FOREIGN_CUSTOMER');
    expect(await outcome('invoice.paid', customerId, true)).toBe('OTHER_MODE');
    expect(await planOf(organizationId)).toBe('FREE');
    expect(await outcome('invoice.paid', customerId)).toBe('SETTLED');
    expect(await planOf(organizationId)).toBe('PRO');
  });

  test('that was written down is asked for again until somebody has seen to it', async () => {
    const id = await receive({ id: newId(), type: 'invoice.paid', livemode: false }, 'cus_foreign');
    asked.length = 0;
    await askForPaymentEvents(engine);
    expect(asked).toEqual([]);
    api.advance(new Date(api.now().getTime() + 60_000));
    await askForPaymentEvents(engine);
    expect(asked).toContain(`payment-event ${id}`);
    await seePaymentEvent(engine, id);
    asked.length = 0;
    await askForPaymentEvents(engine);
    expect(asked).not.toContain(`payment-event ${id}`);
  });

  test('that an engine without the key hears of stays for one that has it', async () => {
    const { customerId } = await aCustomer();
    const id = await receive({ id: newId(), type: 'invoice.paid', livemode: false }, customerId);
    await seePaymentEvent({ ...engine, payments: null }, id);
    expect(await engine.db.webhookEvent.findUniqueOrThrow({ where: { id } })).toMatchObject({ processedAt: null });
  });

  test('that Stripe fails to explain stays to be seen to', async () => {
    const { customerId } = await aCustomer();
    const id = await receive({ id: newId(), type: 'invoice.paid', livemode: false }, customerId);
    api.refuse(100);
    await expect(seePaymentEvent(engine, id)).rejects.toThrow();
    api.refuse(0);
    expect(await engine.db.webhookEvent.findUniqueOrThrow({ where: { id } })).toMatchObject({ processedAt: null });
  });
});

test('whatever happens, and in whichever order and however often it is told, the pool is in the end what Stripe says', async () => {
  const act = fc.oneof(
    fc.record({ kind: fc.constant('buy' as const), plan: fc.constantFrom('HOBBY', 'PRO', 'BUSINESS') }),
    fc.record({ kind: fc.constant('change' as const), plan: fc.constantFrom('HOBBY', 'PRO', 'BUSINESS') }),
    fc.record({ kind: fc.constant('later' as const), plan: fc.constantFrom('HOBBY', 'PRO', 'BUSINESS') }),
    fc.record({ kind: fc.constantFrom('decline', 'pay', 'end', 'go-on', 'cancel', 'month', 'day') }),
  );
  const story = fc.tuple(
    fc.array(act, { minLength: 2, maxLength: 8 }),
    fc.array(fc.nat(1_000), { minLength: 1, maxLength: 12 }),
  );
  await fc.assert(
    fc.asyncProperty(story, async ([acts, order]) => {
      const { organizationId, customerId } = await aCustomer(GiB / 16);
      const owed = owing(customerId);
      for (const one of acts)
        await perform(customerId, one, async () => {
          owed.look();
          await settleBilling(engine, organizationId);
        });
      // Some are lost, some come twice, none in its order; two at a time.
      const own = api.events.filter((event) => customerOf(event) === customerId && event.type !== 'customer.created');
      const chosen = order.flatMap((number) => own[number % Math.max(1, own.length)] ?? []);
      const last = own.at(-1);
      const ids = [];
      for (const event of last ? [...chosen, last] : []) ids.push(await receive(event, customerId));
      for (let at = 0; at < ids.length; at += 2) {
        await Promise.all(ids.slice(at, at + 2).map((id) => seePaymentEvent(engine, id)));
      }
      const [current] = await payments.subscriptions(customerId);
      expect(current?.id).toBe(counting(customerId)?.id);
      const { plan, billing, suspendedAt } = await organization(organizationId);
      const isGiven = current && !['CANCELED', 'INCOMPLETE'].includes(current.status);
      expect(plan.code).toBe(isGiven ? current.offer?.planCode : 'FREE');
      expect(billing?.status ?? null).toBe(current?.status ?? null);
      expect(billing?.scheduledPlanCode ?? null).toBe(current?.scheduled?.planCode ?? null);
      const since = owed.look();
      expect(billing?.unpaidSince ?? null).toEqual(since);
      expect(suspendedAt !== null).toBe(since !== null && api.now().getTime() >= since.getTime() + 7 * dayMs);
    }),
    { numRuns: 12 },
  );
}, 60_000);

describe('a change whose answer was lost', () => {
  /** As the server leaves it; `isMade`: Stripe has it. */
  async function leftOpen(isMade: boolean, heldUntil = new Date(Date.now() - 1_000)) {
    const { organizationId, customerId } = await aCustomer();
    await buy(customerId, monthly('HOBBY'));
    await settleBilling(engine, organizationId);
    const [id, userId] = [newId(), newId()];
    const [current] = await payments.subscriptions(customerId);
    const subscriptionId = current?.id ?? '';
    const change = { subscriptionId, offer: monthly('PRO'), begins: 'NOW', at: api.now(), key: id } as const;
    if (isMade) await payments.change(change);
    const key = { organizationId, principalId: userId, mutation: 'billingPlanChange', key: 'lost', inputHash: 'hash' };
    const audit = { organizationId, actorKind: 'USER', userId, action: 'billingPlanChange', requestId: 'request-1' };
    const row = { id, userId, request: 'request', heldUntil, asked: { plan: 'Pro', interval: 'MONTH' } };
    const deed = { kind: 'CHANGE', subscriptionId, offer: monthly('PRO'), begins: 'NOW', at: change.at.toISOString() };
    const promised = { told: { result: { organizationId, at: 'then' }, deed }, audit, idempotency: key };
    await engine.db.billingChange.create({ data: { ...row, organizationId, promised } });
    return { organizationId, userId, customerId, subscriptionId };
  }
  const rowOf = (organizationId: string) => engine.db.billingChange.findUniqueOrThrow({ where: { organizationId } });
  const outcome = async (organizationId: string, userId: string) => ({
    entries: await engine.db.auditEvent.count({ where: { organizationId, userId, action: 'billingPlanChange' } }),
    events: await engine.db.event.findMany({
      where: { streamId: organizationId, type: 'billing.plan_changed' },
      select: { actorId: true, data: true },
    }),
    keys: (await engine.db.idempotencyKey.findMany({ where: { organizationId } })).map(({ result }) => result),
  });

  test('is written down once as done by whoever asked for it, where Stripe has made it', async () => {
    const { organizationId, userId } = await leftOpen(true);
    await settleDue(engine, never);
    await settleDue(engine, never);
    expect(await outcome(organizationId, userId)).toEqual({
      entries: 1,
      events: [{ actorId: userId, data: { plan: 'Pro', interval: 'MONTH' } }],
      keys: [{ organizationId, at: 'then' }],
    });
    expect(await rowOf(organizationId)).toMatchObject({ finishedAt: api.now(), madeByUserId: userId, promised: null });
    expect(await planOf(organizationId)).toBe('PRO');
  });

  test('is over and done with where Stripe has not, and left alone while there is time for it', async () => {
    const { organizationId, userId } = await leftOpen(false);
    await settleDue(engine, never);
    expect(await outcome(organizationId, userId)).toEqual({ entries: 0, events: [], keys: [] });
    expect(await rowOf(organizationId)).toMatchObject({ finishedAt: api.now(), madeAt: null, promised: null });
    const waits = await leftOpen(true, new Date(Date.now() + 60_000));
    await settleBilling(engine, waits.organizationId);
    expect(await outcome(waits.organizationId, waits.userId)).toEqual({ entries: 0, events: [], keys: [] });
    expect(await rowOf(waits.organizationId)).toMatchObject({ finishedAt: null });
  });

  test('is made to its end where Stripe has made a part of it, before it is told of', async () => {
    const { organizationId, userId, customerId, subscriptionId } = await leftOpen(true);
    await payments.setEnding({ subscriptionId, ends: true, key: newId() });
    const own = api.world.subscriptions.get(subscriptionId);
    const { id } = await rowOf(organizationId);
    // As it is right after the charge: the ending of before still stands.
    if (own) own.metadata = { ...own.metadata, apployd_change: id };
    api.refuse(2, 500, /^\/v1\/subscriptions\/./);
    await settleDue(engine, never);
    expect(await outcome(organizationId, userId)).toMatchObject({ entries: 0 });
    expect(await rowOf(organizationId)).toMatchObject({ finishedAt: null, holder: null });
    api.refuse(0);
    const where = { organizationId };
    await engine.db.billingChange.update({ where, data: { heldUntil: new Date(Date.now() - 1_000) } });
    await settleDue(engine, never);
    expect((await payments.subscriptions(customerId))[0]).toMatchObject({ offer: monthly('PRO'), cancelAt: null });
    expect(await outcome(organizationId, userId)).toMatchObject({ entries: 1 });
    expect(await rowOf(organizationId)).toMatchObject({ finishedAt: api.now(), promised: null });
  });

  test('that took a booked plan back to end the subscription has it end, though it broke between', async () => {
    const { organizationId, customerId, subscriptionId, userId } = await leftOpen(false);
    await payments.change({ subscriptionId, offer: monthly('PRO'), begins: 'NOW', at: api.now(), key: newId() });
    const later = {
      subscriptionId,
      offer: monthly('HOBBY'),
      begins: 'PERIOD_END',
      at: api.now(),
      key: newId(),
    } as const;
    await payments.change(later);
    const row = await rowOf(organizationId);
    const deed = { kind: 'ENDING', subscriptionId, ends: true };
    const promised = { ...(row.promised as object), told: { result: { organizationId }, deed } };
    await engine.db.billingChange.update({ where: { organizationId }, data: { promised, asked: { ends: true } } });
    const schedule = api.world.subscriptions.get(subscriptionId)?.schedule;
    const toUpdate = /^\/v1\/subscriptions\/[^/]+$/;
    api.before('POST', `/v1/subscription_schedules/${schedule}/release`, () => api.refuse(2, 500, toUpdate));
    await expect(payments.setEnding({ subscriptionId, ends: true, key: row.id })).rejects.toThrow();
    expect((await payments.subscriptions(customerId))[0]).toMatchObject({ scheduled: null, cancelAt: null });
    await settleDue(engine, never);
    expect((await payments.subscriptions(customerId))[0]).toMatchObject({ cancelAt: expect.any(Date) });
    expect(await outcome(organizationId, userId)).toMatchObject({ entries: 1 });
    expect(await rowOf(organizationId)).toMatchObject({ finishedAt: api.now(), made: { ends: true } });
  });

  test('of a customer of the other mode is ended as unknown, and the audit log says so', async () => {
    const { organizationId, userId } = await leftOpen(true);
    await engine.db.billing.update({ where: { organizationId }, data: { isLive: true } });
    await settleDue(engine, never);
    expect(await outcome(organizationId, userId)).toEqual({ entries: 0, events: [], keys: [] });
    expect(await rowOf(organizationId)).toMatchObject({ finishedAt: api.now(), madeAt: null, promised: null });
    const where = { organizationId, action: 'billing.change_unknown' };
    expect(await engine.db.auditEvent.count({ where })).toBe(1);
    const events = await engine.db.event.findMany({ where: { streamId: organizationId, type: where.action } });
    expect(events).toMatchObject([{ actorId: null, data: { plan: 'Pro', interval: 'MONTH' } }]);
  });
});

/** By what Stripe holds: of those that are paid, else of those that owe, the oldest; else the newest. */
function counting(customerId: string) {
  const own = [...api.world.subscriptions.values()].filter(({ customer }) => customer === customerId);
  const oldest = (...statuses: string[]) => own.find(({ status }) => statuses.includes(status));
  return (
    oldest('active', 'trialing') ??
    oldest('past_due', 'unpaid') ??
    own.reverse().sort((a, b) => b.created - a.created)[0]
  );
}

/** Since when it owes: since the period began that was not paid when somebody looked. */
function owing(customerId: string) {
  let since: Date | null = null;
  return {
    look: (): Date | null => {
      const one = counting(customerId);
      const isOwed = one !== undefined && ['past_due', 'unpaid'].includes(one.status);
      since = isOwed ? (since ?? new Date(one.periodStart * 1_000)) : null;
      return since;
    },
  };
}

/** What is to end becomes nothing else. */
function unlessEnding(error: { readonly currentState?: string }): void {
  if (error.currentState !== 'ENDING') throw error;
}

type Step = { readonly kind: string; readonly plan?: string };

const stepDays = 4;
const stepsOf: Readonly<Record<string, number>> = { month: 8, day: 1 };

/** What people and time do; what is not possible just now is left. */
async function perform(customerId: string, { kind, plan = 'PRO' }: Step, look: () => Promise<void>): Promise<void> {
  const [current] = await payments.subscriptions(customerId);
  const runs = current && !['CANCELED', 'INCOMPLETE'].includes(current.status) ? current : null;
  if (kind === 'buy' && !runs) await buy(customerId, monthly(plan));
  if (kind === 'decline') api.declineFrom(customerId);
  if (kind === 'pay') api.pay(customerId);
  for (let step = 0; step < (stepsOf[kind] ?? 0); step += 1) {
    api.advance(days(stepDays));
    await look();
  }
  if (!runs) return;
  const change = { subscriptionId: runs.id, offer: monthly(plan), at: api.now(), key: newId() };
  if (kind === 'change') await payments.change({ ...change, begins: 'NOW' }).catch(() => undefined);
  if (kind === 'later') await payments.change({ ...change, begins: 'PERIOD_END' }).catch(unlessEnding);
  if (kind === 'end' || kind === 'go-on') {
    await payments.setEnding({ subscriptionId: runs.id, ends: kind === 'end', key: newId() });
  }
  if (kind === 'cancel') api.cancelNow(runs.id);
}

describe('who owes a payment', () => {
  test('is warned, then suspended with everything kept, and runs again once it is paid', async () => {
    const { organizationId, customerId, environment } = await aCustomer();
    await goLive(environment);
    const bought = await buy(customerId, monthly('PRO'));
    await deliver();
    const waiting = await aDeployment(machine, environment);
    api.declineFrom(customerId);
    api.advance(new Date(bought.periodEnd * 1_000 + 1_000));
    await deliver();
    expect(await told(organizationId)).toContain('billing.payment_due');
    expect(await environmentOf(environment)).toMatchObject({ desiredState: 'RUNNING' });
    for (let day = 0; day < 6; day += 1) {
      api.advance(days(1));
      await settleDue(engine, never);
    }
    expect((await told(organizationId)).filter((type) => type === 'billing.payment_due')).toHaveLength(3);
    expect(await engine.db.mail.count()).toBeGreaterThanOrEqual(3);
    expect(await organization(organizationId)).toMatchObject({ suspendedAt: null });
    api.advance(days(1));
    asked.length = 0;
    await settleDue(engine, never);
    expect(await organization(organizationId)).toMatchObject({ suspendedAt: api.now(), plan: { code: 'PRO' } });
    expect(await environmentOf(environment)).toMatchObject({ desiredState: 'STOPPED', stoppedByHand: false });
    expect(asked).toContain(`stop ${environment.id}`);
    const { status } = await engine.db.deployment.findUniqueOrThrow({ where: { id: waiting.id } });
    expect(status).toBe('CANCELED');
    expect(await engine.db.allocation.count({ where: { organizationId } })).toBe(1);
    expect(await told(organizationId)).toContain('organization.suspended');
    expect(await audited(organizationId)).toContain('organization.suspended');

    asked.length = 0;
    api.pay(customerId);
    await deliver();
    expect(await organization(organizationId)).toMatchObject({ suspendedAt: null, billing: { unpaidSince: null } });
    expect(await environmentOf(environment)).toMatchObject({ desiredState: 'RUNNING', stateReason: null });
    expect(asked).toContain(`bring-back ${environment.id}`);
    const resumed = (type: string) => type === 'organization.resumed';
    expect((await told(organizationId)).filter(resumed)).toHaveLength(1);
    expect((await audited(organizationId)).filter(resumed)).toHaveLength(1);
  });

  test('runs again within a minute after it is paid, though nothing tells of that', async () => {
    const { organizationId, customerId } = await aCustomer();
    await suspended({ organizationId, customerId });
    api.pay(customerId);
    api.advance(minutes(1));
    await settleDue(engine, never);
    expect(await organization(organizationId)).toMatchObject({ suspendedAt: null });
    expect(await told(organizationId)).toContain('organization.resumed');
  });

  test('is looked at each minute for two months, also after a look that fails, then less often', async () => {
    const { organizationId, customerId } = await aCustomer();
    await suspended({ organizationId, customerId });
    const looks = async (after: Date) => {
      api.advance(after);
      const before = api.asked.length;
      await settleDue(engine, never);
      return api.asked.slice(before).filter((one) => one === 'GET /v1/subscriptions').length;
    };
    expect(await looks(minutes(1))).toBe(1);
    expect(await looks(minutes(1))).toBe(1);
    api.refuse(100, 404);
    expect(await looks(minutes(1))).toBe(1);
    api.refuse(0);
    expect(await looks(minutes(1))).toBe(1);
    expect(await looks(days(60))).toBe(1);
    expect(await looks(minutes(1))).toBe(0);
    expect(await looks(minutes(10))).toBe(1);
    expect((await organization(organizationId)).suspendedAt).not.toBeNull();
  });

  test('is told in other words where its payments are not collected, and runs again once they are', async () => {
    const { organizationId, customerId } = await aCustomer();
    const { id } = await buy(customerId, monthly('PRO'));
    await settleBilling(engine, organizationId);
    await engine.db.mail.deleteMany();
    api.pauseCollection(id);
    await settleBilling(engine, organizationId);
    expect(
      await engine.db.event.findFirst({ where: { streamId: organizationId, type: 'billing.payment_due' } }),
    ).toMatchObject({ data: { isPaused: true } });
    const mail = await engine.db.mail.findFirstOrThrow();
    const { subject, text } = JSON.parse(engine.secretBox.open(mail.sealed, mailContext(mail.id))) as Mail;
    expect(subject).toMatch(/^The subscription of .* is paused$/);
    expect(text).toContain('not collected at Stripe');
    api.pauseCollection(id, false);
    await settleBilling(engine, organizationId);
    expect(await organization(organizationId)).toMatchObject({ suspendedAt: null, billing: { unpaidSince: null } });
  });

  test('and had something stopped finds it stopped', async () => {
    const { organizationId, customerId, environment } = await aCustomer();
    await goLive(environment);
    const stopped = { desiredState: 'STOPPED', stoppedByHand: true } as const;
    await engine.db.environment.update({ where: { id: environment.id }, data: stopped });
    await suspended({ organizationId, customerId });
    api.pay(customerId);
    await settleBilling(engine, organizationId);
    expect(await environmentOf(environment)).toMatchObject(stopped);
  });

  test('owes since the first payment that was not made, whatever is asked for later', async () => {
    const { organizationId, customerId } = await aCustomer();
    const owedSince = await suspended({ organizationId, customerId });
    api.advance(days(31));
    expect((await payments.subscriptions(customerId))[0]?.unpaidSince).not.toEqual(owedSince);
    await settleBilling(engine, organizationId);
    const now = await organization(organizationId);
    expect(now).toMatchObject({ billing: { unpaidSince: owedSince } });
    expect(now.suspendedAt).not.toBeNull();
  });

  test('owes since no earlier than it was last seen to have paid, however old the invoice is', async () => {
    const { organizationId, customerId } = await aCustomer();
    const bought = await buy(customerId, monthly('PRO'));
    await settleBilling(engine, organizationId);
    api.advance(days(20));
    await settleBilling(engine, organizationId);
    const lastPaid = api.now();
    const invoice = [...api.world.invoices.values()].at(-1);
    Object.assign(invoice ?? {}, { status: 'open' });
    bought.status = 'past_due';
    api.advance(days(1));
    await settleBilling(engine, organizationId);
    expect(await organization(organizationId)).toMatchObject({ suspendedAt: null, billing: { unpaidSince: lastPaid } });
  });

  test('is given its time again by the operator, and runs meanwhile', async () => {
    const { organizationId, customerId, environment } = await aCustomer();
    await goLive(environment);
    await suspended({ organizationId, customerId });
    await engine.db.billing.update({ where: { organizationId }, data: { unpaidSince: null, unpaidWarnings: 0 } });
    await settleBilling(engine, organizationId);
    expect(await organization(organizationId)).toMatchObject({
      suspendedAt: null,
      billing: { unpaidSince: api.now() },
    });
    expect(await environmentOf(environment)).toMatchObject({ desiredState: 'RUNNING' });
  });

  test('runs again where nothing is for sale any more', async () => {
    const { organizationId, customerId, environment } = await aCustomer();
    await goLive(environment);
    await suspended({ organizationId, customerId });
    asked.length = 0;
    await settleDue({ ...engine, payments: null }, never);
    expect(await organization(organizationId)).toMatchObject({ suspendedAt: null, billing: { unpaidSince: null } });
    expect(await environmentOf(environment)).toMatchObject({ desiredState: 'RUNNING' });
    expect(asked).toContain(`bring-back ${environment.id}`);
  });

  test('does not run on what is started in the same moment', async () => {
    const { organizationId, customerId, environment } = await aCustomer();
    await goLive(environment);
    const where = { id: environment.id };
    await engine.db.environment.update({ where, data: { desiredState: 'STOPPED', stoppedByHand: true } });
    let settling: Promise<unknown> = Promise.resolve();
    await engine.db.$transaction(
      async (tx) => {
        await tx.environment.update({ where, data: { desiredState: 'RUNNING', stoppedByHand: false } });
        settling = suspended({ organizationId, customerId });
        await Promise.race([settling, expect.poll(waiting, { timeout: 20_000 }).toBeGreaterThan(0)]);
      },
      { timeout: 30_000 },
    );
    await settling;
    expect(await environmentOf(environment)).toMatchObject({ desiredState: 'STOPPED' });
  });
});

/** How many wait for somebody's lock. */
async function waiting(): Promise<number> {
  const [row] = await engine.db.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  return Number(row?.count ?? 0);
}

/** Has it owe its second month for longer than it may; gives since when. */
async function suspended({ organizationId, customerId }: { organizationId: string; customerId: string }) {
  const { periodEnd } = await buy(customerId, monthly('PRO'));
  await settleBilling(engine, organizationId);
  api.declineFrom(customerId);
  const since = new Date(periodEnd * 1_000);
  api.advance(new Date(since.getTime() + 8 * dayMs));
  await settleBilling(engine, organizationId);
  expect((await organization(organizationId)).suspendedAt).not.toBeNull();
  return since;
}

describe('the plan of before', () => {
  const givenBy = async (organizationId: string, code: string) =>
    engine.db.organization.update({ where: { id: organizationId }, data: { plan: { connect: { code } } } });

  test('is what the organization had when it began to pay, even where it pays for the same', async () => {
    const { organizationId, customerId } = await aCustomer();
    await givenBy(organizationId, 'PRO');
    const bought = await buy(customerId, monthly('PRO'));
    await settleBilling(engine, organizationId);
    expect(await organization(organizationId)).toMatchObject({ billing: { formerPlanCode: 'PRO' } });
    bought.price = [...api.world.prices.values()].find((one) => one.lookup_key === 'apployd_hobby_monthly')?.id ?? '';
    await settleBilling(engine, organizationId);
    expect(await planOf(organizationId)).toBe('HOBBY');
    api.cancelNow(bought.id);
    await settleBilling(engine, organizationId);
    expect(await planOf(organizationId)).toBe('PRO');
  });

  test('is forgotten once the organization has it again, so that the operator can give another', async () => {
    const { organizationId, customerId } = await aCustomer();
    const bought = await buy(customerId, monthly('PRO'));
    await settleBilling(engine, organizationId);
    await givenBy(organizationId, 'FREE');
    api.cancelNow(bought.id);
    await settleBilling(engine, organizationId);
    await givenBy(organizationId, 'BUSINESS');
    await settleBilling(engine, organizationId);
    expect(await planOf(organizationId)).toBe('BUSINESS');
  });
});

test('a customer of test mode has nothing where the key is live, and Stripe is not asked for it', async () => {
  const { organizationId, customerId } = await aCustomer();
  await buy(customerId, monthly('PRO'));
  await settleBilling(engine, organizationId);
  expect(await planOf(organizationId)).toBe('PRO');
  const live = { ...payments, isLive: true, subscriptions: () => Promise.reject(new Error('No such customer.')) };
  api.advance(new Date(api.now().getTime() + 6 * 60_000));
  await settleDue({ ...engine, payments: async () => live }, never);
  expect(await organization(organizationId)).toMatchObject({ plan: { code: 'FREE' }, billing: { status: null } });
  // What it has there is remembered, and looked at as soon as that can be seen again.
  expect(await organization(organizationId)).toMatchObject({ billing: { subscriptionId: expect.any(String) } });
  api.advance(minutes(1));
  await settleDue(engine, never);
  expect(await organization(organizationId)).toMatchObject({ plan: { code: 'PRO' }, billing: { status: 'ACTIVE' } });
});

test('a look that fails is tried again soon, and is no look', async () => {
  const { organizationId } = await aCustomer();
  const row = () => engine.db.billing.findUniqueOrThrow({ where: { organizationId } });
  api.refuse(1_000);
  await settleDue(engine, never);
  expect(await row()).toMatchObject({ settledAt: null, triedAt: api.now() });
  api.refuse(0);
  await settleDue(engine, never);
  expect(await row()).toMatchObject({ settledAt: null });
  api.advance(new Date(api.now().getTime() + 6 * 60_000));
  await settleDue(engine, never);
  expect(await row()).toMatchObject({ settledAt: api.now() });
});

describe('who holds more than the plan gives', () => {
  test('keeps it for a while; then the newest projects that do not fit sleep, and nothing is deleted', async () => {
    const { organizationId, customerId, environment, projectId } = await aCustomer();
    const bought = await buy(customerId, monthly('PRO'));
    await deliver();
    const second = await engine.db.project.create({
      data: {
        ...{ id: newId(), organizationId, slug: 'second', name: 'Second', settings: {} },
        allocation: {
          create: {
            ...{ id: newId(), organizationId, memoryBytes: BigInt(2 * GiB), cpuMillicores: 100 },
            bandwidthBytesPerMonth: 0n,
          },
        },
      },
    });
    const surplus = await engine.db.environment.create({
      data: {
        ...{ id: newId(), organizationId, projectId: second.id, slug: 'production', kind: 'PRODUCTION' },
        hostname: `${newId()}.localhost`,
      },
    });
    for (const one of [environment, surplus]) await goLive(one);
    api.cancelNow(bought.id);
    await deliver();
    expect(await planOf(organizationId)).toBe('PRO');
    for (let day = 0; day < 6; day += 1) {
      api.advance(days(1));
      await settleDue(engine, never);
    }
    const warnings = (types: readonly string[]) => types.filter((type) => type === 'billing.over_limit');
    expect(warnings(await told(organizationId))).toHaveLength(3);
    expect(warnings(await audited(organizationId))).toHaveLength(3);
    expect(await environmentOf(surplus)).toMatchObject({ desiredState: 'RUNNING' });
    const asleep = 'billing.projects_put_to_sleep';
    expect(await told(organizationId)).not.toContain(asleep);
    asked.length = 0;
    api.advance(days(2));
    await settleDue(engine, never);
    expect(await environmentOf(surplus)).toMatchObject({
      ...{ desiredState: 'STOPPED', stoppedByHand: false },
      stateReason: expect.stringMatching(/allocationsSet/),
    });
    expect(asked).toContain(`stop ${surplus.id}`);
    expect(await told(organizationId)).toContain(asleep);
    const entry = await engine.db.auditEvent.findFirstOrThrow({ where: { organizationId, action: asleep } });
    expect(entry.changes).toEqual({ after: { projects: [publicId('Project', second.id)] } });
    expect(await organization(organizationId)).toMatchObject({
      plan: { code: 'FREE' },
      suspendedAt: null,
      billing: { overLimitSince: null, formerPlanCode: null },
    });
    const held = await engine.db.allocation.findMany({ where: { organizationId } });
    expect(held.map((one) => one.projectId)).toEqual([projectId]);
    expect(await engine.db.project.findUnique({ where: { id: second.id } })).toMatchObject({ deletesAt: null });
    expect(await environmentOf(environment)).toMatchObject({ desiredState: 'RUNNING' });
  });

  test('and makes it fit meanwhile loses nothing', async () => {
    const { organizationId, customerId, projectId } = await aCustomer();
    const bought = await buy(customerId, monthly('PRO'));
    await settleBilling(engine, organizationId);
    await engine.db.allocation.update({ where: { projectId }, data: { memoryBytes: BigInt(GiB) } });
    api.cancelNow(bought.id);
    await settleBilling(engine, organizationId);
    expect(await planOf(organizationId)).toBe('PRO');
    await engine.db.allocation.update({ where: { projectId }, data: { memoryBytes: BigInt(GiB / 4) } });
    api.advance(days(1));
    await settleDue(engine, never);
    expect(await organization(organizationId)).toMatchObject({
      plan: { code: 'FREE' },
      billing: { overLimitSince: null },
    });
    expect(await engine.db.allocation.count({ where: { organizationId } })).toBe(1);
  });
});

test('once a day what no event has told is found, set right and reported', async () => {
  const { organizationId, customerId } = await aCustomer();
  await settleDue(engine, never);
  await buy(customerId, monthly('BUSINESS'));
  await settleDue(engine, never);
  expect(await planOf(organizationId)).toBe('FREE');
  const before = drifts();
  api.advance(days(1.1));
  await settleDue(engine, never);
  expect(await planOf(organizationId)).toBe('BUSINESS');
  expect(drifts()).toBeGreaterThan(before);
});

test('a year: a trial, an upgrade, a downgrade, a payment that fails once, and an end', async () => {
  const clock = await testClock(api, api.now());
  const { organizationId } = await aCustomer();
  const customerId = await clock.customer();
  await engine.db.billing.update({ where: { organizationId }, data: { customerId } });
  const byClock = { ...engine, clock: { ...engine.clock, now: clock.now } };
  const after = (count: number) => new Date(clock.now().getTime() + count * dayMs);
  const checkout = { customerId, key: newId(), isTaxed: false, returnUrl: 'http://platform.test/' };
  api.buy(await payments.openCheckout({ ...checkout, offer: monthly('HOBBY'), trialDays: 14 }));
  const seen: string[] = [];
  for (let month = 0; month < 12; month += 1) {
    const [current] = await payments.subscriptions(customerId);
    if (!current) throw new Error('There is no subscription.');
    const change = { subscriptionId: current.id, at: clock.now(), key: newId() };
    if (month === 3) await payments.change({ ...change, offer: monthly('PRO'), begins: 'NOW' });
    if (month === 6) await payments.change({ ...change, offer: monthly('HOBBY'), begins: 'PERIOD_END' });
    if (month === 8) api.declineFrom(customerId);
    if (month === 10) await payments.setEnding({ ...change, ends: true });
    await clock.advance(after(1));
    await deliver(byClock);
    const { plan, billing } = await organization(organizationId);
    seen.push(`${plan.code} ${billing?.status}`);
    await clock.advance(after(29.5));
    if (month === 8) {
      await deliver(byClock);
      seen.push(`owes: ${(await organization(organizationId)).billing?.status}`);
      api.pay(customerId);
    }
  }
  await deliver(byClock);
  seen.push(await planOf(organizationId));
  expect(seen).toEqual([
    'HOBBY TRIALING',
    ...['HOBBY ACTIVE', 'HOBBY ACTIVE'],
    ...['PRO ACTIVE', 'PRO ACTIVE', 'PRO ACTIVE', 'PRO ACTIVE'],
    ...['HOBBY ACTIVE', 'HOBBY ACTIVE', 'owes: PAST_DUE', 'HOBBY ACTIVE', 'HOBBY ACTIVE'],
    ...['FREE CANCELED', 'FREE'],
  ]);
  const { invoices } = await payments.invoices({ customerId, first: 50, after: null });
  expect(invoices.every(({ status }) => status === 'PAID')).toBe(true);
});
