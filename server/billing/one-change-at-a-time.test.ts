import { afterAll, beforeAll, expect, test } from 'vitest';
import { stripeCatalogue } from '@apployd/backplane/payments/stripe-catalogue';
import { stripePayments } from '@apployd/backplane/payments/stripe';
import { stripeApi, type StripeApi } from '@apployd/backplane/payments/testing/stripe-api';
import { newId, publicId } from '@apployd/core/id';
import { ask, mutate } from '../testing/client.js';
import { aMember, aPerson, onPlan, uuid, type Person } from '../testing/make.js';
import { setPrices } from '../testing/some-payments.js';
import { testServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let api: StripeApi;
beforeAll(async () => {
  api = await stripeApi();
  const payments = stripePayments(api);
  server = await testServer({ payments: async () => payments });
  for (const [code, month] of [
    ['HOBBY', 500],
    ['PRO', 2_000],
    ['BUSINESS', 8_000],
  ] as const) {
    const money = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
    await setPrices(server.db, code, month);
    await stripeCatalogue(api).put({ code, name: code, prices: { MONTH: money(month), YEAR: money(10 * month) } });
  }
});
afterAll(async () => {
  await server.close();
  await api.close();
});

const call = (person: Person, name: string, selection: string, input: object) =>
  mutate(server, person.token, name, { organizationId: person.organizationId, ...input }, selection);
const ofPlan = async (code: string, input: object) => {
  const { id } = await server.db.plan.findUniqueOrThrow({ where: { code } });
  return { planId: publicId('Plan', id), interval: 'MONTH', ...input };
};
const change = async (person: Person, code: string, input: object = {}) =>
  call(
    person,
    'billingPlanChange',
    `... on BillingPlanChangePayload { dueNow { amountMinor } at applied replayed }
    ... on InvalidStateError { currentState } ... on IdempotencyError { problem }`,
    await ofPlan(code, input),
  );
const ending = (person: Person, ends: boolean, input: object = {}) =>
  call(person, 'billingEndingSet', '... on BillingEndingSetPayload { replayed }', { ends, ...input });

async function aSubscriber(): Promise<Person & { customerId: string }> {
  const person = await aPerson(server);
  await onPlan(server, person, 'FREE');
  const selection = '... on BillingCheckoutOpenPayload { url }';
  const { url } = await call(person, 'billingCheckoutOpen', selection, await ofPlan('HOBBY', {}));
  return { ...person, customerId: api.buy(url).customer };
}
/** What was charged since the first month. */
const charged = ({ customerId }: { customerId: string }) =>
  [...api.world.invoices.values()]
    .filter(({ customer, billing_reason: reason }) => customer === customerId && reason === 'subscription_update')
    .map(({ total }) => total);
const entries = ({ organizationId }: Person, action = 'billingPlanChange') =>
  server.db.auditEvent.findMany({ where: { organizationId: uuid(organizationId), action, refusal: null } });
const rowOf = ({ organizationId }: Person) =>
  server.db.billingChange.findUniqueOrThrow({ where: { organizationId: uuid(organizationId) } });
const toUpdates = /^\/v1\/subscriptions\//;

test('a change whose answer is lost is told, and stands in the audit log, as if it had come', async () => {
  const person = await aSubscriber();
  const { at, dueNow } = await change(person, 'PRO', { preview: true });
  const input = { at, idempotencyKey: newId() };
  api.lose(2, toUpdates);
  expect(await change(person, 'PRO', input)).toMatchObject({ code: 'CAPACITY', message: /the same idempotency key/ });
  expect(charged(person)).toEqual([dueNow.amountMinor]);
  expect(await entries(person)).toEqual([]);
  expect(await change(person, 'PRO', input)).toMatchObject({ applied: true, replayed: false, dueNow });
  expect(await change(person, 'PRO', input)).toMatchObject({ applied: true, replayed: true, dueNow });
  expect(charged(person)).toEqual([dueNow.amountMinor]);
  expect(await entries(person)).toMatchObject([
    { actorKind: 'USER', changes: { before: { plan: 'HOBBY' }, after: { plan: 'PRO', interval: 'MONTH' } } },
  ]);
  expect(await change(person, 'HOBBY', input)).toMatchObject({ problem: 'KEY_REUSED' });
});

test('a change that is booked for later, or an end, is told as well when its answer was lost', async () => {
  const person = await aSubscriber();
  await change(person, 'PRO');
  const later = { idempotencyKey: newId() };
  api.lose(2, /^\/v1\/subscription_schedules\/[^/]+$/);
  expect(await change(person, 'HOBBY', later)).toMatchObject({ code: 'CAPACITY' });
  expect(await change(person, 'HOBBY', later)).toMatchObject({ applied: true, replayed: false });
  expect(await entries(person)).toHaveLength(2);
  const input = { idempotencyKey: newId() };
  api.lose(2, toUpdates);
  expect(await ending(person, true, input)).toMatchObject({ code: 'CAPACITY' });
  expect(await ending(person, true, input)).toMatchObject({ replayed: false });
  expect(await entries(person, 'billingEndingSet')).toMatchObject([
    { changes: { before: { ends: false }, after: { ends: true } } },
  ]);
});

test('while nobody knows what came of a change, another is refused with whose it is, and the engine is asked', async () => {
  const person = await aSubscriber();
  const other = await aMember(server, person, 'BILLING');
  api.lose(2, toUpdates);
  await change(person, 'PRO', { idempotencyKey: newId() });
  const message = expect.stringMatching(/asked to change the plan to Pro, paid by the month, and Stripe has not said/);
  server.asked.length = 0;
  expect(await change(other, 'BUSINESS')).toMatchObject({ code: 'CONFLICT', message });
  expect(await ending(other, true)).toMatchObject({ code: 'CONFLICT', message });
  expect(server.asked).toContain(`settle-billing ${uuid(person.organizationId)}`);
  expect(charged(person)).toHaveLength(1);
});

test('one change is made at a time: who comes second is told what is being done', async () => {
  const person = await aSubscriber();
  const other = await aMember(server, person, 'BILLING');
  const answers = await Promise.all([
    change(person, 'PRO', { idempotencyKey: newId() }),
    change(other, 'BUSINESS', { idempotencyKey: newId() }),
    change(other, 'PRO', { idempotencyKey: newId() }),
  ]);
  expect(answers.some(({ applied }) => applied)).toBe(true);
  expect(charged(person)).toHaveLength(answers.filter(({ applied }) => applied).length);
  expect(await entries(person)).toHaveLength(charged(person).length);
  const held = { holder: newId(), heldUntil: new Date(Date.now() + 60_000) };
  const where = { organizationId: uuid(person.organizationId) };
  await server.db.billingChange.update({ where, data: { ...held, asked: { plan: 'Pro', interval: 'YEAR' } } });
  const message = expect.stringMatching(/^Just now \w+ is changing the plan to Pro, paid by the year\./);
  expect(await change(person, 'BUSINESS', { interval: 'YEAR' })).toMatchObject({ code: 'CONFLICT', message });
});

test('a request that is sent several times at once is charged once, and told to all', async () => {
  const person = await aSubscriber();
  const input = { idempotencyKey: newId() };
  const answers = await Promise.all(Array.from({ length: 4 }, () => change(person, 'PRO', input)));
  expect(answers.map(({ applied }) => applied)).toEqual([true, true, true, true]);
  expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(charged(person)).toHaveLength(1);
  expect(await entries(person)).toHaveLength(1);
});

test('a price that was previewed before somebody else changed the plan is not charged', async () => {
  const person = await aSubscriber();
  const other = await aMember(server, person, 'BILLING');
  const { at } = await change(other, 'BUSINESS', { preview: true });
  await change(person, 'PRO');
  const refused = await change(other, 'BUSINESS', { at });
  expect(refused).toMatchObject({ code: 'CONFLICT', message: /changed the plan to Pro, paid by the month after this/ });
  expect(charged(person)).toHaveLength(1);
  const { at: again } = await change(other, 'BUSINESS', { preview: true });
  expect(await change(other, 'BUSINESS', { at: again })).toMatchObject({ applied: true });
});

test('who gives another card after theirs was refused asks again with the same key', async () => {
  const person = await aSubscriber();
  const { at } = await change(person, 'PRO', { preview: true });
  const input = { at, idempotencyKey: newId() };
  api.declineFrom(person.customerId);
  for (let time = 0; time < 2; time += 1) {
    const refused = await change(person, 'PRO', input);
    expect(refused).toMatchObject({
      code: 'PAYMENT_REQUIRED',
      message: /another card in the billing portal, then ask/,
    });
  }
  expect(charged(person)).toEqual([]);
  api.pay(person.customerId);
  expect(await change(person, 'PRO', input)).toMatchObject({ applied: true, replayed: false });
  expect(charged(person)).toHaveLength(1);
  expect(await rowOf(person)).toMatchObject({ attempt: 3, holder: null, promised: null });
});

test('of a customer of the other mode nothing is shown', async () => {
  const person = await aSubscriber();
  const where = { organizationId: uuid(person.organizationId) };
  const billing = { status: 'ACTIVE', planCode: 'HOBBY', unpaidSince: new Date() } as const;
  await server.db.billing.update({ where, data: { ...billing, isLive: true } });
  const query = `{ organization(by: { id: "${person.organizationId}" }) { billing { isConfigured status planCode unpaidSince suspendsAt invoices { hasMore } } } }`;
  const { data } = await ask(server, query, {}, { token: person.token });
  expect(data.organization.billing).toEqual({
    ...{ isConfigured: true, status: null, planCode: null, unpaidSince: null, suspendsAt: null },
    invoices: { hasMore: false },
  });
});
