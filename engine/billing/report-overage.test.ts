import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { stripeCatalogue } from '@apployd/backplane/payments/stripe-catalogue';
import { stripePayments } from '@apployd/backplane/payments/stripe';
import type { Payments } from '@apployd/backplane/payments/payments';
import { stripeApi, type StripeApi } from '@apployd/backplane/payments/testing/stripe-api';
import { existing } from '@apployd/backplane/payments/testing/stripe-world';
import type { Offer } from '@apployd/core/billing';
import { newId } from '@apployd/core/id';
import { gigabyteBytes } from '@apployd/core/overage';
import { CapacityError } from '@apployd/core/refusal';
import { periodOf } from '@apployd/core/usage';
import { testDatabase, type TestDatabase } from '@apployd/prisma/test-database';
import { anEngine, type TestEngine } from '../testing/an-engine.js';
import { anEnvironment } from '../testing/a-deployment.js';
import { never } from '../testing/use-engine.js';
import type { Engine } from '../engine.js';
import { reportOverage } from './report-overage.js';
import { settleBilling } from './settle.js';

let database: TestDatabase;
let machine: TestEngine;
let api: StripeApi;
let engine: Engine;
let payments: Payments;
beforeAll(async () => {
  database = await testDatabase();
  machine = await anEngine(database);
});
beforeEach(async () => {
  await machine.db.overage.deleteMany();
  await machine.db.overageReport.deleteMany();
  await machine.db.billing.deleteMany();
  api = await stripeApi(new Date('2027-06-03T00:00:00Z'));
  payments = stripePayments(api);
  engine = { ...machine, payments: async () => payments, clock: { ...machine.clock, now: api.now } };
  const money = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
  const catalogue = stripeCatalogue(api);
  await catalogue.put({ code: 'HOBBY', name: 'Hobby', prices: { MONTH: money(500), YEAR: money(5_000) } });
  await catalogue.put({ code: 'PRO', name: 'Pro', prices: { MONTH: money(2_000), YEAR: money(20_000) } });
  await catalogue.putOverage(money(5));
  return () => api.close();
});
afterAll(async () => {
  await machine.close();
  await database.close();
});

const month = new Date('2027-06-01T00:00:00Z');
const price = { amountMinor: 5, currency: 'EUR' };

/** An organization on PRO that buys up to so many gigabytes beyond its pool; `sends` gives what it has sent by then. */
async function aBuyer(capGigabytes: number) {
  const { organizationId, projectId } = await anEnvironment(machine);
  const plan = await engine.db.plan.findUniqueOrThrow({ where: { code: 'PRO' } });
  await engine.db.organization.update({ where: { id: organizationId }, data: { planId: plan.id } });
  const customerId = await payments.ensureCustomer({ organizationId, name: 'Acme', email: null });
  await engine.db.billing.create({ data: { organizationId, customerId, isLive: false } });
  const offer = { planCode: 'PRO', interval: 'MONTH' } as const;
  const { id: subscriptionId } = await subscribe(customerId, offer);
  await payments.sellOverage({ subscriptionId, interval: 'MONTH', price, isUsed: false, key: newId() });
  await settleBilling(engine, organizationId);
  const agreed = { priceMinor: price.amountMinor, priceCurrency: price.currency };
  await engine.db.overage.create({ data: { organizationId, capGigabytes, month, ...agreed } });
  const pool = plan.bandwidthBytesPerMonth;
  const sends = async (beyondGigabytes: number) => {
    const bytesOut = pool + BigInt(Math.round(beyondGigabytes * gigabyteBytes));
    const { start: month } = periodOf(api.now());
    await engine.db.usageMonth.upsert({
      where: { organizationId_month_projectId: { organizationId, month, projectId } },
      create: { organizationId, projectId, month, bytesOut },
      update: { bytesOut },
    });
  };
  return { organizationId, projectId, customerId, subscriptionId, sends };
}

async function subscribe(customerId: string, offer: Offer) {
  const checkout = { customerId, offer, key: newId(), trialDays: 0, isTaxed: false };
  return api.buy(await payments.openCheckout({ ...checkout, returnUrl: 'http://platform.test/' }));
}

const capOf = async (organizationId: string) =>
  (await engine.db.overage.findUniqueOrThrow({ where: { organizationId } })).capGigabytes;
const subscriptionOf = (id: string) => existing(api.world.subscriptions, id);
const later = (ms: number) => new Date(api.now().getTime() + ms);
const hourMs = 3_600_000;
const counted = () => [...api.world.meterEvents.values()].reduce((sum, { value }) => sum + value, 0);
const reports = () => engine.db.overageReport.findMany({ orderBy: { id: 'asc' } });

test('each whole gigabyte beyond the pool is charged once, whoever counts and however often, and none beyond the cap', async () => {
  const { customerId, sends } = await aBuyer(10);
  await sends(-1);
  await reportOverage(engine, never);
  expect(counted()).toBe(0);
  await sends(2.9);
  await Promise.all([reportOverage(engine, never), reportOverage(engine, never)]);
  expect(counted()).toBe(2);
  await sends(3.1);
  await reportOverage(engine, never);
  await reportOverage(engine, never);
  expect([...api.world.meterEvents.values()].map(({ value }) => value)).toEqual([2, 1]);
  await sends(500);
  await reportOverage(engine, never);
  expect(counted()).toBe(10);
  api.advance(new Date('2027-07-04T00:00:00Z'));
  const { invoices } = await payments.invoices({ customerId, first: 1, after: null });
  expect(invoices[0]?.total).toEqual({ amountMinor: 2_000 + 10 * 5, currency: 'EUR' });
});

test('a report whose answer is lost, or that is told of twice, counts once', async () => {
  const { sends } = await aBuyer(10);
  await sends(4);
  api.lose(2, /meter_events/);
  await reportOverage(engine, never);
  expect(await reports()).toMatchObject([{ gigabytes: 4, sentAt: null, triedAt: api.now() }]);
  expect(counted()).toBe(4);
  await reportOverage(engine, never);
  expect(await reports()).toMatchObject([{ gigabytes: 4, sentAt: api.now() }]);
  const [row] = await reports();
  if (!row) throw new Error('There is no report.');
  api.forgetKeys();
  await payments.reportOverage({ ...row, at: row.createdAt });
  expect(counted()).toBe(4);
});

test('a report at which Stripe has broken is told in the next turn, and those behind it with it', async () => {
  for (const buyer of [await aBuyer(10), await aBuyer(10)]) await buyer.sends(2);
  api.refuse(1, 503, /meter_events/);
  await reportOverage(engine, never);
  expect(counted()).toBe(0);
  api.advance(later(hourMs));
  await reportOverage(engine, never);
  expect(counted()).toBe(4);
  expect(await reports()).toMatchObject([{ sentAt: api.now() }, { sentAt: api.now() }]);
});

test('a report that could not be told for so long that it might count twice is given up, and found', async () => {
  const { sends } = await aBuyer(10);
  await sends(1);
  api.refuse(1_000, 503, /meter_events/);
  await reportOverage(engine, never);
  api.advance(new Date(api.now().getTime() + 21 * 3_600_000));
  await reportOverage(engine, never);
  expect(await reports()).toMatchObject([{ sentAt: null, givenUpAt: api.now() }]);
  expect(machine.findings.counts.get('billing.overage-given-up')).toBe(1);
  api.refuse(0);
  await reportOverage(engine, never);
  expect(counted()).toBe(0);
});

test('nothing is bought any more once the subscription is over', async () => {
  const { organizationId, subscriptionId, sends } = await aBuyer(10);
  api.cancelNow(subscriptionId);
  await settleBilling(engine, organizationId);
  await sends(5);
  await reportOverage(engine, never);
  expect(await reports()).toEqual([]);
  const entries = await engine.db.auditEvent.findMany({ where: { organizationId, action: 'billing.overage_ended' } });
  expect(entries).toHaveLength(1);
});

test('with a smaller plan nothing is charged of what was sent under the larger one, but what was beyond that is', async () => {
  const { organizationId, projectId, subscriptionId, sends } = await aBuyer(10);
  await engine.db.allocation.update({ where: { projectId }, data: { memoryBytes: 0n, cpuMillicores: 0 } });
  await sends(2);
  const change = { subscriptionId, at: api.now(), key: newId() } as const;
  await payments.change({ ...change, offer: { planCode: 'HOBBY', interval: 'MONTH' }, begins: 'NOW' });
  await settleBilling(engine, organizationId);
  const { plan } = await engine.db.organization.findUniqueOrThrow({
    where: { id: organizationId },
    select: { plan: { select: { code: true } } },
  });
  expect(plan.code).toBe('HOBBY');
  await reportOverage(engine, never);
  expect(counted()).toBe(2);
  await sends(3);
  await reportOverage(engine, never);
  expect(counted()).toBe(3);
});

test('what is sent while a payment is owed is never charged, whoever looked meanwhile', async () => {
  for (const looks of [true, false]) {
    const { organizationId, customerId, sends } = await aBuyer(10);
    const before = counted();
    api.declineFrom(customerId);
    const { currentPeriodEnd: end } = await engine.db.billing.findUniqueOrThrow({ where: { organizationId } });
    api.advance(new Date((end?.getTime() ?? 0) + hourMs));
    await settleBilling(engine, organizationId);
    await sends(3);
    if (looks) await reportOverage(engine, never);
    api.pay(customerId);
    await settleBilling(engine, organizationId);
    await reportOverage(engine, never);
    expect(counted()).toBe(before);
    await sends(4);
    await reportOverage(engine, never);
    expect(counted()).toBe(before + 1);
  }
});

test('what a project sends while it is held to its limit is not charged', async () => {
  const { organizationId, projectId, sends } = await aBuyer(10);
  await sends(5);
  await engine.db.usageMonth.updateMany({
    where: { organizationId },
    data: { bytesBeyond: BigInt(2 * gigabyteBytes) },
  });
  await reportOverage(engine, never);
  expect(counted()).toBe(3);
  const { bytesOut } = await engine.db.usageMonth.findFirstOrThrow({ where: { organizationId } });
  const until = new Date('2027-07-01T00:00:00Z');
  await engine.db.projectBandwidthLimit.create({
    data: {
      ...{ organizationId, projectId, reason: 'POOL', bytesOutBefore: bytesOut, since: api.now(), until },
      limit: { rule: 'STOP', until: until.toISOString() },
    },
  });
  await sends(7);
  await reportOverage(engine, never);
  expect(counted()).toBe(3);
});

test('with another subscription, one without it, or at another price nothing is bought any more', async () => {
  const lost: Readonly<Record<string, (buyer: Awaited<ReturnType<typeof aBuyer>>) => Promise<void> | void>> = {
    another: async ({ customerId, subscriptionId }) => {
      api.cancelNow(subscriptionId);
      await subscribe(customerId, { planCode: 'PRO', interval: 'MONTH' });
    },
    without: ({ subscriptionId }) => void (subscriptionOf(subscriptionId).metered = null),
    'another price': ({ subscriptionId }) => {
      const { metered } = subscriptionOf(subscriptionId);
      const dearer = { ...api.world.prices.get(metered?.price ?? ''), id: 'price_999999', unit_amount: 8 };
      api.world.prices.set(dearer.id, dearer as never);
      subscriptionOf(subscriptionId).metered = { itemId: metered?.itemId ?? '', price: dearer.id };
    },
  };
  for (const [what, lose] of Object.entries(lost)) {
    const buyer = await aBuyer(10);
    const { organizationId } = buyer;
    await settleBilling(engine, organizationId);
    expect(await capOf(organizationId), what).toBe(10);
    await lose(buyer);
    await settleBilling(engine, organizationId);
    expect(await capOf(organizationId), what).toBeNull();
    const ended = { organizationId, action: 'billing.overage_ended' };
    expect(await engine.db.auditEvent.count({ where: ended }), what).toBe(1);
  }
});

test('when Stripe does not answer one report it is asked for no other in that turn, and for those that were not tried first in the next', async () => {
  for (const buyer of [await aBuyer(10), await aBuyer(10), await aBuyer(10)]) await buyer.sends(2);
  const told: string[] = [];
  const away: Payments = {
    ...payments,
    reportOverage: async ({ id }) => {
      told.push(id);
      throw new CapacityError('Stripe does not answer just now.', 1_000);
    },
  };
  await reportOverage({ ...engine, payments: async () => away }, never);
  expect(told).toHaveLength(1);
  api.advance(later(hourMs));
  await reportOverage({ ...engine, payments: async () => away }, never);
  expect(new Set(told).size).toBe(2);
  await reportOverage(engine, never);
  expect(counted()).toBe(6);
});

test('a turn that takes long leaves what is more for the next', async () => {
  for (const buyer of [await aBuyer(10), await aBuyer(10)]) await buyer.sends(1);
  const slow: Payments = {
    ...payments,
    reportOverage: async (report) => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      await payments.reportOverage(report);
    },
  };
  await reportOverage({ ...engine, payments: async () => slow }, never, { sendsMs: 20 });
  expect(counted()).toBe(1);
  await reportOverage(engine, never);
  expect(counted()).toBe(2);
});

test('one organization that cannot be counted keeps no other from it, and comes last from then on', async () => {
  const [broken, other] = [await aBuyer(10), await aBuyer(10)];
  const most = 9_223_372_036_854_775_807n;
  for (const projectId of [newId(), newId()]) {
    const data = { organizationId: broken.organizationId, projectId, month, bytesOut: most };
    await engine.db.usageMonth.create({ data });
  }
  await other.sends(1);
  await reportOverage(engine, never);
  expect(counted()).toBe(1);
  const { organizationId } = broken;
  const row = await engine.db.overage.findUniqueOrThrow({ where: { organizationId } });
  expect(row).toMatchObject({ seenBytes: 0n, countedAt: api.now() });
});

test('what is told after its period was invoiced is charged with the next invoice', async () => {
  for (const looks of [true, false]) {
    const { organizationId, customerId, sends } = await aBuyer(10);
    api.refuse(1_000, 503, /meter_events/);
    const { currentPeriodEnd } = await engine.db.billing.findUniqueOrThrow({ where: { organizationId } });
    const end = currentPeriodEnd?.getTime() ?? 0;
    api.advance(new Date(end - hourMs));
    await sends(2);
    await reportOverage(engine, never);
    api.advance(new Date(end + hourMs));
    if (looks) await settleBilling(engine, organizationId);
    api.refuse(0);
    await reportOverage(engine, never);
    api.advance(new Date(end + 32 * 24 * hourMs));
    const { invoices } = await payments.invoices({ customerId, first: 2, after: null });
    expect(invoices.map(({ total }) => total.amountMinor)).toEqual([2_000 + 2 * price.amountMinor, 2_000]);
  }
});

test("reports for customers of Stripe's other mode are given up after a while", async () => {
  const { organizationId } = await aBuyer(10);
  const report = { organizationId, customerId: 'cus_live', isLive: true, gigabytes: 3 };
  await engine.db.overageReport.create({ data: { ...report, id: newId(), createdAt: api.now() } });
  await reportOverage(engine, never);
  expect(await reports()).toMatchObject([{ givenUpAt: null }]);
  const before = machine.findings.counts.get('billing.overage-given-up') ?? 0;
  api.advance(later(21 * hourMs));
  await reportOverage(engine, never);
  expect(await reports()).toMatchObject([{ sentAt: null, givenUpAt: api.now() }]);
  expect(machine.findings.counts.get('billing.overage-given-up')).toBe(before + 1);
});
