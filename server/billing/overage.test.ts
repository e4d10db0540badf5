import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { stripeCatalogue } from '@apployd/backplane/payments/stripe-catalogue';
import { stripePayments } from '@apployd/backplane/payments/stripe';
import { stripeApi, type StripeApi } from '@apployd/backplane/payments/testing/stripe-api';
import type { Payments } from '@apployd/backplane/payments/payments';
import { newId, publicId } from '@apployd/core/id';
import { periodOf } from '@apployd/core/usage';
import { countingDb } from '@apployd/prisma/counting-db';
import { testDatabase, type TestDatabase } from '@apployd/prisma/test-database';
import { ask, mutate } from '../testing/client.js';
import { aMember, aPerson, onPlan, uuid, type Person } from '../testing/make.js';
import { setPrices } from '../testing/some-payments.js';
import { testServer, type TestServer } from '../testing/test-server.js';
import { monthTimeoutMs, timeLeftInMonth } from '../testing/time-left-in-month.js';
import { keepCap } from './keep-cap.js';
import { lastReports } from './last-reports.js';

let database: TestDatabase;
let server: TestServer;
let operator: Person;
let api: StripeApi;
let payments: Payments;
beforeAll(async () => {
  await timeLeftInMonth();
  [database, api] = await Promise.all([testDatabase(), stripeApi()]);
  payments = stripePayments(api);
  server = await selling('5 EUR');
  operator = await aPerson(server, 'Operator');
  await setPrices(server.db, 'HOBBY', 500);
  await setPrices(server.db, 'PRO', 2_000);
  for (const [code, month] of [
    ['HOBBY', 500],
    ['PRO', 2_000],
  ] as const) {
    await stripeCatalogue(api).put({ code, name: code, prices: { MONTH: euros(month), YEAR: euros(10 * month) } });
  }
}, monthTimeoutMs);
beforeEach(() => stripeCatalogue(api).putOverage(euros(5)));
afterEach(() => void api.refuse(0));
afterAll(async () => {
  await server.close();
  await api.close();
  await database.close();
});

const euros = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });

/** The server with this price. */
const selling = (price: string | undefined) =>
  testServer({ database, payments: async () => payments, settings: { BILLING_OVERAGE_PRICE: price } });

/** What is done by a server that has another price by now, as Stripe has. */
async function priced(price: number | null, work: (at: TestServer) => Promise<void>): Promise<void> {
  await stripeCatalogue(api).putOverage(price === null ? null : euros(price));
  const other = await selling(price === null ? undefined : `${price} EUR`);
  try {
    await work(other);
  } finally {
    await other.close();
  }
}

const call = (person: Person, name: string, selection: string, input: object, at = server) =>
  mutate(at, person.token, name, { organizationId: person.organizationId, ...input }, selection);
const setCap = (person: Person, capGigabytes: number | null, given: object = {}, at = server) =>
  call(
    person,
    'billingOverageSet',
    '... on BillingOverageSetPayload { replayed } ... on InvalidStateError { currentState }',
    { capGigabytes, ...given },
    at,
  );

/** Who pays for PRO, as the engine has seen. */
async function aSubscriber() {
  const person = await aPerson(server);
  await onPlan(server, person, 'PRO');
  const { id } = await server.db.plan.findUniqueOrThrow({ where: { code: 'PRO' } });
  const offer = { planId: publicId('Plan', id), interval: 'MONTH' };
  const { url } = await call(person, 'billingCheckoutOpen', '... on BillingCheckoutOpenPayload { url }', offer);
  const subscription = api.buy(url);
  const where = { organizationId: uuid(person.organizationId) };
  await server.db.billing.update({ where, data: { status: 'ACTIVE', subscriptionId: subscription.id } });
  return { ...person, subscription, offer };
}

/** Has sent so many gigabytes by now, more than its pool where that is above nothing. */
async function sends(person: Person, gigabytesBeyond: number): Promise<void> {
  const organizationId = uuid(person.organizationId);
  const { start: month } = periodOf(new Date());
  const pool = await server.db.plan.findUniqueOrThrow({ where: { code: 'PRO' } });
  const bytesOut = pool.bandwidthBytesPerMonth + BigInt(gigabytesBeyond) * 2n ** 30n;
  await server.db.usageMonth.upsert({
    where: { organizationId_month_projectId: { organizationId, month, projectId: organizationId } },
    create: { organizationId, month, projectId: organizationId, bytesOut },
    update: { bytesOut },
  });
}

/** What is to be charged, of each report. */
const reported = async (person: Person) =>
  (
    await server.db.overageReport.findMany({
      where: { organizationId: uuid(person.organizationId) },
      orderBy: { id: 'asc' },
    })
  ).map(({ gigabytes }) => gigabytes);

/** What the engine does with them. */
async function tellStripe(person: Person): Promise<void> {
  const organizationId = uuid(person.organizationId);
  for (const { id, customerId, gigabytes, createdAt: at } of await server.db.overageReport.findMany({
    where: { organizationId, sentAt: null },
  })) {
    await payments.reportOverage({ id, customerId, gigabytes, at });
    await server.db.overageReport.update({ where: { id }, data: { sentAt: new Date() } });
  }
}

const postsTo = (path: RegExp, since: number) =>
  api.asked.slice(since).filter((one) => one.startsWith('POST') && path.test(one)).length;

const overageOf = async ({ organizationId, token }: Person, at = server) => {
  const selection =
    'price { amountMinor } capGigabytes gigabytes cost { amountMinor } mostCost { amountMinor } limitBytes';
  const query = `{ organization(by: { id: "${organizationId}" }) { plan { pool { bandwidthBytesPerMonth } } billing { overage { ${selection} } } } }`;
  return (await ask(at, query, {}, { token })).data.organization;
};

test('its owner buys bandwidth beyond the pool up to a cap, and what was sent before is never counted', async () => {
  const person = await aSubscriber();
  const organizationId = uuid(person.organizationId);
  const { start: month } = periodOf(new Date());
  const sent = { organizationId, projectId: organizationId, month, bytesOut: 7_000n };
  await server.db.usageMonth.create({ data: sent });
  const before = await overageOf(person);
  expect(before.billing.overage).toMatchObject({ capGigabytes: null, gigabytes: 0, mostCost: null });
  expect(before.billing.overage.limitBytes).toBe(before.plan.pool.bandwidthBytesPerMonth);
  expect(await setCap(await aMember(server, person, 'BILLING'), 10)).toMatchObject({ code: 'FORBIDDEN' });
  expect(await setCap(person, 10)).toMatchObject({ replayed: false });
  expect(person.subscription.metered).not.toBeNull();
  expect(await server.db.overage.findUniqueOrThrow({ where: { organizationId } })).toMatchObject({ seenBytes: 7_000n });
  const { billing, plan } = await overageOf(person);
  expect(billing.overage).toMatchObject({ price: { amountMinor: 5 }, capGigabytes: 10, mostCost: { amountMinor: 50 } });
  expect(billing.overage.limitBytes).toBe(plan.pool.bandwidthBytesPerMonth + 10 * 2 ** 30);
  const counted = { overBytes: BigInt(3.5 * 2 ** 30) };
  await server.db.overage.update({ where: { organizationId }, data: counted });
  expect(await setCap(person, 20)).toMatchObject({ replayed: false });
  expect((await overageOf(person)).billing.overage).toMatchObject({ gigabytes: 3, cost: { amountMinor: 15 } });
  expect(await setCap(person, null)).toMatchObject({ replayed: false });
  expect((await overageOf(person)).billing.overage).toMatchObject({ capGigabytes: null, mostCost: null });
  const entries = await server.db.auditEvent.findMany({
    where: { organizationId, action: 'billingOverageSet', refusal: null },
    orderBy: { id: 'asc' },
  });
  expect(entries.map(({ changes }) => changes)).toEqual([
    { before: { capGigabytes: null }, after: { capGigabytes: 10 } },
    { before: { capGigabytes: 10 }, after: { capGigabytes: 20 } },
    { before: { capGigabytes: 20 }, after: { capGigabytes: null } },
  ]);
  const events = await server.db.event.findMany({
    where: { streamId: organizationId, type: 'billing.overage_set' },
    orderBy: { sequence: 'asc' },
  });
  const by = { actorId: uuid(person.userId), subjectId: organizationId };
  expect(events).toMatchObject([
    { ...by, data: { capGigabytes: 10, formerCapGigabytes: null } },
    { ...by, data: { capGigabytes: 20, formerCapGigabytes: 10 } },
    { ...by, data: { capGigabytes: null, formerCapGigabytes: 20 } },
  ]);
});

test('it is refused without a subscription, for a cap that is none, and while a change is booked', async () => {
  expect(await setCap(await aPerson(server), 10)).toMatchObject({ currentState: 'NOT_SUBSCRIBED' });
  const person = await aSubscriber();
  expect(await setCap(person, 0)).toMatchObject({ code: 'VALIDATION' });
  for (const interval of ['YEAR', 'MONTH']) {
    const change = { ...person.offer, interval };
    await call(person, 'billingPlanChange', '... on BillingPlanChangePayload { applied }', change);
  }
  expect(await setCap(person, 10)).toMatchObject({ currentState: 'SCHEDULED' });
});

test('it goes along when the plan is paid by the year', async () => {
  const person = await aSubscriber();
  await setCap(person, 10);
  const yearly = { ...person.offer, interval: 'YEAR' };
  const made = await call(person, 'billingPlanChange', '... on BillingPlanChangePayload { applied }', yearly);
  expect(made).toMatchObject({ applied: true });
  const price = api.world.prices.get(person.subscription.metered?.price ?? '');
  expect(price?.recurring.interval).toBe('year');
});

test('a cap that is taken back charges what was sent under it, and one that is set again nothing of what came between', async () => {
  const person = await aSubscriber();
  await setCap(person, 10);
  await sends(person, 5);
  expect(await setCap(person, null)).toMatchObject({ replayed: false });
  expect(await reported(person)).toEqual([5]);
  await sends(person, 8);
  expect(await setCap(person, 10)).toMatchObject({ replayed: false });
  expect(await reported(person)).toEqual([5]);
  await sends(person, 9);
  await setCap(person, 9);
  expect(await reported(person)).toEqual([5, 1]);
});

test('a higher cap charges nothing of what was sent beyond the one of before', async () => {
  const person = await aSubscriber();
  await setCap(person, 2);
  await sends(person, 10);
  expect(await setCap(person, 20)).toMatchObject({ replayed: false });
  expect(await reported(person)).toEqual([2]);
  await sends(person, 11);
  await setCap(person, 19);
  expect(await reported(person)).toEqual([2, 1]);
});

test('another plan, or another pool of the plan, counts what was sent by the one of before', async () => {
  const { id } = await server.db.plan.findUniqueOrThrow({ where: { code: 'HOBBY' } });
  const hobby = publicId('Plan', id);
  const pro = await server.db.plan.findUniqueOrThrow({ where: { code: 'PRO' } });
  const pool = { memoryBytes: Number(pro.memoryBytes), cpuMillicores: pro.cpuMillicores };
  const changes: readonly ((person: Person) => Promise<unknown>)[] = [
    ({ organizationId }) =>
      mutate(
        server,
        operator.token,
        'organizationPlanSet',
        { organizationId, planId: hobby },
        '... on OrganizationPlanSetPayload { replayed }',
      ),
    async () => {
      const input = { planId: publicId('Plan', pro.id), pool: { ...pool, bandwidthBytesPerMonth: 2 ** 40 } };
      return mutate(server, operator.token, 'planUpdate', input, '... on PlanUpdatePayload { replayed }');
    },
  ];
  for (const change of changes) {
    const person = await aSubscriber();
    await setCap(person, 10);
    await sends(person, 3);
    expect(await change(person)).toMatchObject({ replayed: false });
    expect(await reported(person)).toEqual([3]);
    await setCap(person, 9);
    expect(await reported(person)).toEqual([3]);
  }
  const { bandwidthBytesPerMonth } = pro;
  await server.db.plan.update({ where: { id: pro.id }, data: { bandwidthBytesPerMonth } });
});

test('nobody is charged more than was shown, whatever the price becomes', async () => {
  const person = await aSubscriber();
  await setCap(person, 10);
  await sends(person, 3);
  await setCap(person, null);
  await tellStripe(person);
  await priced(8, async (at) => {
    expect((await overageOf(person, at)).billing.overage).toMatchObject({
      ...{ price: { amountMinor: 8 }, gigabytes: 3, cost: { amountMinor: 15 } },
    });
    expect(await setCap(person, 10, {}, at)).toMatchObject({ replayed: false });
    await sends(person, 30);
    await setCap(person, 9, {}, at);
    await tellStripe(person);
    const { overage } = (await overageOf(person, at)).billing;
    expect(overage).toMatchObject({ price: { amountMinor: 5 }, gigabytes: 10, cost: { amountMinor: 50 } });
    await setCap(person, 10, {}, at);
    const { mostCost } = (await overageOf(person, at)).billing.overage;
    expect(mostCost).toEqual({ amountMinor: 50 });
  });
  const fresh = await aSubscriber();
  await priced(8, async (at) => {
    // Here it is still 5.
    expect(await setCap(fresh, 10)).toMatchObject({ currentState: 'NOT_FOR_SALE' });
    expect(fresh.subscription.metered).toBeNull();
    await setCap(fresh, 10, {}, at);
    expect((await overageOf(fresh, at)).billing.overage).toMatchObject({ mostCost: { amountMinor: 80 } });
    expect((await overageOf(fresh)).billing.overage).toMatchObject({ mostCost: { amountMinor: 80 } });
  });
  const { now } = api.world;
  api.advance(new Date(api.now().getTime() + 32 * 86_400_000));
  // Those of other tests begin now, as for the server.
  api.world.now = now;
  const { invoices } = await payments.invoices({ customerId: person.subscription.customer, first: 1, after: null });
  expect(invoices[0]?.total).toEqual(euros(2_000 + 50));
});

test('who buys anew in the period in which something was reported is shown the dearer price of before, and charged that for all of it', async () => {
  const [person, unused] = [await aSubscriber(), await aSubscriber()];
  for (const one of [person, unused]) await setCap(one, 10);
  await sends(person, 3);
  for (const one of [person, unused]) await setCap(one, null);
  await tellStripe(person);
  await priced(3, async (at) => {
    const shown = async (one: Person) => (await overageOf(one, at)).billing.overage;
    expect(await shown(person)).toMatchObject({ price: { amountMinor: 5 }, gigabytes: 3, mostCost: null });
    expect(await shown(unused)).toMatchObject({ price: { amountMinor: 3 } });
    for (const one of [person, unused]) expect(await setCap(one, 10, {}, at)).toMatchObject({ replayed: false });
    expect(await shown(person)).toMatchObject({ price: { amountMinor: 5 }, mostCost: { amountMinor: 50 } });
    expect(await shown(unused)).toMatchObject({ price: { amountMinor: 3 }, mostCost: { amountMinor: 30 } });
    await sends(person, 4);
    await setCap(person, null, {}, at);
    await tellStripe(person);
    // That period is over.
    const longAgo = new Date(Date.now() - 40 * 86_400_000);
    const organizationId = uuid(person.organizationId);
    await server.db.overageReport.updateMany({ where: { organizationId }, data: { sentAt: longAgo } });
    expect(await shown(person)).toMatchObject({ price: { amountMinor: 3 } });
  });
  const { now } = api.world;
  api.advance(new Date(api.now().getTime() + 32 * 86_400_000));
  // Those of other tests begin now, as for the server.
  api.world.now = now;
  const { invoices } = await payments.invoices({ customerId: person.subscription.customer, first: 1, after: null });
  expect(invoices[0]?.total).toEqual(euros(2_000 + 4 * 5));
});

test('what was reported last of many organizations is looked up with one statement', async () => {
  const [sent, waiting, givenUp, none] = [newId(), newId(), newId(), newId()];
  const report = { customerId: 'cus_1', isLive: false, gigabytes: 1 };
  const [at, before] = [new Date(), new Date(0)];
  await server.db.overageReport.createMany({
    data: [
      { ...report, id: newId(), organizationId: sent, sentAt: before },
      { ...report, id: newId(), organizationId: sent, sentAt: at },
      { ...report, id: newId(), organizationId: waiting, sentAt: before },
      { ...report, id: newId(), organizationId: waiting },
      { ...report, id: newId(), organizationId: givenUp, givenUpAt: at },
    ],
  });
  const { db, statements } = countingDb(database.url);
  const found = await Promise.all([sent, waiting, givenUp, none].map(lastReports(db)));
  await db.$disconnect();
  expect(statements()).toBe(1);
  expect(found).toEqual([{ sentAt: at, isMoreToCome: false }, { sentAt: before, isMoreToCome: true }, null, null]);
  await server.db.overageReport.deleteMany({ where: { organizationId: { in: [sent, waiting, givenUp] } } });
});

test('what is bought goes on where it is sold no longer, is shown, and hinders no change of the plan', async () => {
  const person = await aSubscriber();
  await setCap(person, 10);
  const other = await aSubscriber();
  await priced(null, async (at) => {
    expect((await overageOf(other, at)).billing.overage).toBeNull();
    expect((await overageOf(person, at)).billing.overage).toMatchObject({
      capGigabytes: 10,
      price: { amountMinor: 5 },
    });
    const yearly = { ...person.offer, interval: 'YEAR' };
    const made = await call(person, 'billingPlanChange', '... on BillingPlanChangePayload { applied }', yearly, at);
    expect(made).toMatchObject({ applied: true });
    expect(person.subscription.metered).toBeNull();
  });
});

test('while a payment is owed the rule begins at the pool, and the page says so', async () => {
  const person = await aSubscriber();
  await setCap(person, 10);
  const where = { organizationId: uuid(person.organizationId) };
  await server.db.billing.update({ where, data: { status: 'PAST_DUE' } });
  const { billing, plan } = await overageOf(person);
  expect(billing.overage).toMatchObject({ capGigabytes: 10, limitBytes: plan.pool.bandwidthBytesPerMonth });
});

test('two requests at once buy it once, and who is too late is told who was faster', async () => {
  const person = await aSubscriber();
  const before = api.asked.length;
  const release = api.holdUp(/subscription_items/);
  const first = setCap(person, 10);
  await expect.poll(() => postsTo(/subscription_items/, before)).toBe(1);
  const message = expect.stringMatching(/is buying bandwidth beyond the pool, up to 10 GB a month/);
  expect(await setCap(person, 20)).toMatchObject({ code: 'CONFLICT', message });
  release();
  expect(await first).toMatchObject({ replayed: false });
  expect((await overageOf(person)).billing.overage).toMatchObject({ capGigabytes: 10 });
  const twice = await aSubscriber();
  const input = { idempotencyKey: newId() };
  const made = await Promise.all([setCap(twice, 10, input), setCap(twice, 10, input)]);
  expect(made.map(({ replayed }) => replayed).sort()).toEqual([false, true]);
  expect(postsTo(/subscription_items/, before)).toBe(2);
});

test('who has lost the turn asks Stripe for nothing more', async () => {
  const person = await aSubscriber();
  const organizationId = uuid(person.organizationId);
  const late: Payments = {
    ...payments,
    sellOverage: async (sale) => {
      await server.db.billingChange.update({ where: { organizationId }, data: { heldUntil: new Date(0) } });
      return payments.sellOverage(sale);
    },
  };
  const other = await testServer({ database, payments: async () => late });
  expect(await setCap(person, 10, {}, other)).toMatchObject({ code: 'CAPACITY' });
  await other.close();
  expect(person.subscription.metered).toBeNull();
  expect((await overageOf(person)).billing.overage).toMatchObject({ capGigabytes: null });
});

test('who stood still for longer than the turn decides nothing once another has bought it at another price', async () => {
  const person = await aSubscriber();
  const organizationId = uuid(person.organizationId);
  const slow: Payments = {
    ...payments,
    sellOverage: async (sale) => {
      const price = await payments.sellOverage(sale);
      await server.db.billingChange.update({ where: { organizationId }, data: { heldUntil: new Date(0) } });
      await priced(8, async (at) => void expect(await setCap(person, 20, {}, at)).toMatchObject({ replayed: false }));
      return price;
    },
  };
  const other = await testServer({
    ...{ database, payments: async () => slow },
    settings: { BILLING_OVERAGE_PRICE: '5 EUR' },
  });
  expect(await setCap(person, 10, {}, other)).toMatchObject({ code: 'CONFLICT' });
  expect(other.asked).toContain(`settle-billing ${organizationId}`);
  await other.close();
  const { overage } = (await overageOf(person)).billing;
  expect(overage).toMatchObject({ capGigabytes: 20, price: { amountMinor: 8 } });
  expect(api.world.prices.get(person.subscription.metered?.price ?? '')?.unit_amount).toBe(8);
});

test('the engine looks at Stripe once it was bought', async () => {
  const person = await aSubscriber();
  server.asked.length = 0;
  await setCap(person, 10);
  expect(server.asked).toEqual([`settle-billing ${uuid(person.organizationId)}`]);
});

test('more than Stripe was asked for is never bought, whatever was decided meanwhile', async () => {
  const person = await aSubscriber();
  const organizationId = uuid(person.organizationId);
  await setCap(person, 10);
  const keep = (cap: Partial<Parameters<typeof keepCap>[2]>) =>
    server.db.$transaction((tx) =>
      keepCap(tx, organizationId, { capGigabytes: 20, price: null, isNew: false, isLive: false, ...cap }),
    );
  await expect(keep({})).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(keep({ price: euros(8) })).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await keep({ price: euros(5) })).toBe(10);
  await setCap(person, null);
  await expect(keep({ price: euros(5) })).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(keep({ capGigabytes: 5 })).rejects.toMatchObject({ code: 'CONFLICT' });
  expect((await overageOf(person)).billing.overage).toMatchObject({ capGigabytes: null });
});

test('a look at Stripe from before it was bought is not written', async () => {
  const person = await aSubscriber();
  const where = { organizationId: uuid(person.organizationId) };
  const { version } = await server.db.billing.findUniqueOrThrow({ where });
  await setCap(person, 10);
  expect((await server.db.billing.findUniqueOrThrow({ where })).version).toBeGreaterThan(version);
});

test('a cap is lowered, or taken back, whether Stripe answers or not, and raised as long as it charges what was agreed on', async () => {
  const person = await aSubscriber();
  await setCap(person, 10);
  api.refuse(1_000, 503);
  const before = api.asked.length;
  expect(await setCap(person, 4)).toMatchObject({ replayed: false });
  expect(await setCap(person, 4)).toMatchObject({ replayed: false });
  expect(api.asked.slice(before)).toEqual([]);
  expect(await setCap(person, 5)).toMatchObject({ code: 'CAPACITY' });
  expect(await setCap(person, null)).toMatchObject({ replayed: false });
  api.refuse(0);
  await setCap(person, 4);
  await priced(8, async (at) => {
    const asked = api.asked.length;
    expect(await setCap(person, 20, {}, at)).toMatchObject({ replayed: false });
    expect(postsTo(/./, asked)).toBe(0);
    expect((await overageOf(person, at)).billing.overage).toMatchObject({ mostCost: { amountMinor: 100 } });
  });
  person.subscription.metered = null;
  server.asked.length = 0;
  expect(await setCap(person, 30)).toMatchObject({ currentState: 'PRICE_CHANGED' });
  expect(server.asked).toEqual([`settle-billing ${uuid(person.organizationId)}`]);
  expect((await overageOf(person)).billing.overage).toMatchObject({ capGigabytes: 20 });
});
