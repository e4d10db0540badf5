import fc from 'fast-check';
import { deliverEvents } from '@apployd/backplane/payments/testing/deliver-events';
import { stripeApi, type StripeApi } from '@apployd/backplane/payments/testing/stripe-api';
import { stripeCatalogue } from '@apployd/backplane/payments/stripe-catalogue';
import { stripeEventReader } from '@apployd/backplane/payments/stripe-event';
import { stripePayments } from '@apployd/backplane/payments/stripe';
import type { Payments } from '@apployd/backplane/payments/payments';
import { dayMs, type Offer } from '@apployd/core/billing';
import { newId } from '@apployd/core/id';
import type { Engine } from '@apployd/engine/engine';
import { seePaymentEvent } from '@apployd/engine/billing/see-payment-event';
import { anEnvironment } from '@apployd/engine/testing/a-deployment';
import { anEngine, type TestEngine } from '@apployd/engine/testing/an-engine';
import { testDatabase, type TestDatabase } from '@apployd/prisma/test-database';
import { testServer, type TestServer } from '@apployd/server/testing/test-server';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** Events go all of their way: from Stripe by HTTP to the server, by the queue to the engine, which asks Stripe. */

const secret = 'whsec_of_the_endpoint';
let database: TestDatabase;
let machine: TestEngine;
let engine: Engine;
let server: TestServer;
let api: StripeApi;
let payments: Payments;
const asked: string[] = [];
beforeAll(async () => {
  [database, api] = await Promise.all([testDatabase(), stripeApi(new Date('2027-01-01T00:00:00Z'))]);
  payments = stripePayments(api);
  machine = await anEngine(database);
  engine = { ...machine, payments: async () => payments, clock: { ...machine.clock, now: api.now } };
  server = await testServer({
    database,
    payments: async () => payments,
    readPaymentEvent: stripeEventReader([secret]),
    jobs: { ask: async (name, id) => void (name === 'payment-event' && asked.push(id)) },
  });
  for (const [code, month] of [
    ['HOBBY', 500],
    ['PRO', 2_000],
  ] as const) {
    const money = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
    await stripeCatalogue(api).put({ code, name: code, prices: { MONTH: money(month), YEAR: money(10 * month) } });
  }
});
afterAll(async () => {
  await server.close();
  await machine.close();
  await api.close();
  await database.close();
});

const monthly = (planCode: string): Offer => ({ planCode, interval: 'MONTH' });
const pass = (days: number) => api.advance(new Date(api.now().getTime() + days * dayMs));
/** The engine sees to all that it is asked for until now, two at a time. */
async function seeAll(): Promise<void> {
  while (asked.length > 0) await Promise.all(asked.splice(0, 2).map((id) => seePaymentEvent(engine, id)));
}

async function aCustomer() {
  const { organizationId } = await anEnvironment(machine);
  // Every plan has room for it: none is kept for a while because of what it holds.
  await database.db.allocation.updateMany({ where: { organizationId }, data: { cpuMillicores: 250 } });
  await database.db.organization.update({
    where: { id: organizationId },
    data: { plan: { connect: { code: 'FREE' } } },
  });
  const customerId = await payments.ensureCustomer({ organizationId, name: 'Acme', email: null });
  await database.db.billing.create({ data: { organizationId, customerId, isLive: false } });
  return { organizationId, customerId };
}

/** What a customer does, one act after another; each leaves events. */
const acts: Readonly<Record<string, (customerId: string) => Promise<unknown>>> = {
  buy: async (customerId) => {
    const sale = { customerId, key: newId(), trialDays: 0, isTaxed: false, returnUrl: 'http://platform.test/' };
    api.buy(await payments.openCheckout({ ...sale, offer: monthly('HOBBY') }));
  },
  grow: (customerId) => changeTo(customerId, 'PRO', 'NOW'),
  owe: async (customerId) => {
    api.declineFrom(customerId);
    pass(32);
  },
  pay: async (customerId) => api.pay(customerId),
  shrink: (customerId) => changeTo(customerId, 'HOBBY', 'PERIOD_END'),
  wait: async () => pass(32),
  end: async (customerId) => api.cancelNow((await currentOf(customerId)).id),
};

async function currentOf(customerId: string) {
  const [current] = await payments.subscriptions(customerId);
  if (!current) throw new Error('There is no subscription.');
  return current;
}

async function changeTo(customerId: string, planCode: string, begins: 'NOW' | 'PERIOD_END') {
  const { id: subscriptionId } = await currentOf(customerId);
  await payments.change({ subscriptionId, offer: monthly(planCode), begins, at: api.now(), key: newId() });
}

test('whichever events come, how often and in which order, the organization has in the end what Stripe says', async () => {
  const story = fc.record({
    length: fc.integer({ min: 1, max: Object.keys(acts).length }),
    /** After so many acts those events come that there are; the others are delayed. */
    early: fc.nat(5),
    ranks: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 40, maxLength: 40 }),
    copies: fc.integer({ min: 1, max: 3 }),
    atOnce: fc.integer({ min: 1, max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(story, async ({ length, early, ranks, copies, atOnce }) => {
      // Those of before do not go on.
      api.world.subscriptions.clear();
      const { organizationId, customerId } = await aCustomer();
      const from = api.events.length;
      const to = { url: `${server.url}/webhooks/stripe`, secret };
      const rank = ({ id }: { id: string }) => ranks[Number(id.replace(/\D/g, '')) % ranks.length] ?? 0;
      // A fifth is lost; the others come in any order.
      const order = (events: StripeApi['events']) =>
        events.filter((one) => rank(one) < 0.8).sort((one, other) => rank(one) - rank(other));
      const way = { order, copies, atOnce };
      for (const [at, act] of Object.values(acts).slice(0, length).entries()) {
        await act(customerId);
        if (at !== early) continue;
        await deliverEvents(to, api.events.slice(from), way);
        await seeAll();
      }
      const own = api.events.slice(from);
      await deliverEvents(to, own, way);
      // Whatever came before, one that comes last is enough; it may be the oldest.
      const last = own.filter((one) => order([one]).length === 0)[0] ?? own[0];
      if (last) await deliverEvents(to, [last], { copies });
      await seeAll();

      const told = new Set([...order(own), ...(last ? [last] : [])].map(({ id }) => id));
      const rows = await database.db.webhookEvent.findMany({ where: { externalId: { in: own.map(({ id }) => id) } } });
      expect(new Set(rows.map(({ externalId }) => externalId))).toEqual(told);
      expect(rows).toHaveLength(told.size);
      expect(rows.filter(({ processedAt }) => processedAt === null)).toEqual([]);
      const current = await currentOf(customerId);
      const { plan, billing } = await database.db.organization.findUniqueOrThrow({
        where: { id: organizationId },
        include: { plan: true, billing: true },
      });
      expect(plan.code).toBe(current.status === 'CANCELED' ? 'FREE' : current.offer?.planCode);
      expect(billing).toMatchObject({
        ...{ status: current.status, subscriptionId: current.id, currentPeriodEnd: current.currentPeriodEnd },
        scheduledPlanCode: current.scheduled?.planCode ?? null,
      });
    }),
    { numRuns: 6, endOnFailure: true },
  );
}, 120_000);
