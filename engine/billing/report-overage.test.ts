import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { stripeCatalogue } from '@apployd/backplane/payments/stripe-catalogue';
import { stripePayments } from '@apployd/backplane/payments/stripe';
import type { Payments } from '@apployd/backplane/payments/payments';
import { stripeApi, type StripeApi } from '@apployd/backplane/payments/testing/stripe-api';
import { newId } from '@apployd/core/id';
import { gigabyteBytes } from '@apployd/core/overage';
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
  await catalogue.put({ code: 'PRO', name: 'Pro', prices: { MONTH: money(2_000), YEAR: money(20_000) } });
  await catalogue.putOverage(money(5));
  return () => api.close();
});
afterAll(async () => {
  await machine.close();
  await database.close();
});

const month = new Date('2027-06-01T00:00:00Z');

/** An organization on PRO that buys up to so many gigabytes beyond its pool; `sends` gives what it has sent by then. */
async function aBuyer(capGigabytes: number) {
  const { organizationId, projectId } = await anEnvironment(machine);
  const plan = await engine.db.plan.findUniqueOrThrow({ where: { code: 'PRO' } });
  await engine.db.organization.update({ where: { id: organizationId }, data: { planId: plan.id } });
  const customerId = await payments.ensureCustomer({ organizationId, name: 'Acme', email: null });
  await engine.db.billing.create({ data: { organizationId, customerId, isLive: false } });
  const offer = { planCode: 'PRO', interval: 'MONTH' } as const;
  const checkout = {
    customerId,
    offer,
    key: newId(),
    trialDays: 0,
    isTaxed: false,
    returnUrl: 'http://platform.test/',
  };
  const { id: subscriptionId } = api.buy(await payments.openCheckout(checkout));
  await payments.sellOverage({ subscriptionId, interval: 'MONTH', key: newId() });
  await settleBilling(engine, organizationId);
  await engine.db.overage.create({ data: { organizationId, capGigabytes, month } });
  const pool = plan.bandwidthBytesPerMonth;
  const sends = async (beyondGigabytes: number) => {
    const bytesOut = pool + BigInt(Math.round(beyondGigabytes * gigabyteBytes));
    await engine.db.usageMonth.upsert({
      where: { organizationId_month_projectId: { organizationId, month, projectId } },
      create: { organizationId, projectId, month, bytesOut },
      update: { bytesOut },
    });
  };
  return { organizationId, customerId, subscriptionId, sends };
}
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
