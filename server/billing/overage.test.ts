import { afterAll, beforeAll, expect, test } from 'vitest';
import { stripeCatalogue } from '@apployd/backplane/payments/stripe-catalogue';
import { stripePayments } from '@apployd/backplane/payments/stripe';
import { stripeApi, type StripeApi } from '@apployd/backplane/payments/testing/stripe-api';
import { publicId } from '@apployd/core/id';
import { periodOf } from '@apployd/core/usage';
import { ask, mutate } from '../testing/client.js';
import { aMember, aPerson, onPlan, uuid, type Person } from '../testing/make.js';
import { setPrices } from '../testing/some-payments.js';
import { testServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let api: StripeApi;
beforeAll(async () => {
  api = await stripeApi();
  const payments = stripePayments(api);
  server = await testServer({ payments: async () => payments, settings: { BILLING_OVERAGE_PRICE: '5 EUR' } });
  const money = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
  await setPrices(server.db, 'PRO', 2_000);
  const prices = { MONTH: money(2_000), YEAR: money(20_000) };
  await stripeCatalogue(api).put({ code: 'PRO', name: 'Pro', prices });
  await stripeCatalogue(api).putOverage(money(5));
});
afterAll(async () => {
  await server.close();
  await api.close();
});

const call = (person: Person, name: string, selection: string, input: object) =>
  mutate(server, person.token, name, { organizationId: person.organizationId, ...input }, selection);
const setCap = (person: Person, capGigabytes: number | null) =>
  call(
    person,
    'billingOverageSet',
    '... on BillingOverageSetPayload { replayed } ... on InvalidStateError { currentState }',
    { capGigabytes },
  );
async function aSubscriber() {
  const person = await aPerson(server);
  await onPlan(server, person, 'PRO');
  const { id } = await server.db.plan.findUniqueOrThrow({ where: { code: 'PRO' } });
  const offer = { planId: publicId('Plan', id), interval: 'MONTH' };
  const { url } = await call(person, 'billingCheckoutOpen', '... on BillingCheckoutOpenPayload { url }', offer);
  return { ...person, subscription: api.buy(url), offer };
}
const overageOf = async ({ organizationId, token }: Person) => {
  const selection =
    'price { amountMinor } capGigabytes gigabytes cost { amountMinor } mostCost { amountMinor } limitBytes';
  const query = `{ organization(by: { id: "${organizationId}" }) { plan { pool { bandwidthBytesPerMonth } } billing { overage { ${selection} } } } }`;
  return (await ask(server, query, {}, { token })).data.organization;
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
