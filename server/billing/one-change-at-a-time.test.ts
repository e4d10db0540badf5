import { afterAll, beforeAll, expect, test } from 'vitest';
import { stripeCatalogue } from '@apployd/backplane/payments/stripe-catalogue';
import { stripePayments } from '@apployd/backplane/payments/stripe';
import { stripeApi, type StripeApi } from '@apployd/backplane/payments/testing/stripe-api';
import { newId, publicId } from '@apployd/core/id';
import { Prisma } from '@apployd/prisma/generated/client/client';
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
/** As whose doing the organization's events tell of it. */
const told = ({ organizationId }: Person, type = 'billing.plan_changed') =>
  server.db.event.findMany({
    where: { streamId: uuid(organizationId), type },
    orderBy: { sequence: 'asc' },
    select: { actorId: true, data: true },
  });
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
  const data = { plan: 'Pro', interval: 'MONTH', begins: 'NOW', effectiveAt: expect.any(String) };
  expect(await told(person)).toEqual([{ actorId: uuid(person.userId), data }]);
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
  expect((await told(person)).map(({ data }) => data)).toMatchObject([
    { plan: 'Pro', begins: 'NOW' },
    { plan: 'Hobby', begins: 'PERIOD_END', effectiveAt: expect.any(String) },
  ]);
  expect(await told(person, 'billing.ending_set')).toEqual([{ actorId: uuid(person.userId), data: { ends: true } }]);
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
  const letGo = api.holdUp(toUpdates);
  const before = api.asked.length;
  const first = change(person, 'PRO', { idempotencyKey: newId() });
  await expect
    .poll(() => api.asked.slice(before).filter((one) => one.startsWith('POST /v1/subscriptions/')))
    .toHaveLength(1);
  const message = expect.stringMatching(/^Just now \w+ is changing the plan to Pro, paid by the month\./);
  const others = await Promise.all([
    change(other, 'BUSINESS', { idempotencyKey: newId() }),
    change(other, 'PRO', { idempotencyKey: newId() }),
    ending(other, true),
  ]);
  letGo();
  expect(others).toMatchObject(others.map(() => ({ code: 'CONFLICT', message })));
  expect(await first).toMatchObject({ applied: true });
  expect(charged(person)).toHaveLength(1);
  expect(await entries(person)).toHaveLength(1);
});

test('who has lost the turn asks Stripe for nothing more, and whose time is over holds nobody up', async () => {
  const person = await aSubscriber();
  const other = await aMember(server, person, 'BILLING');
  await change(person, 'PRO');
  await change(person, 'HOBBY');
  const where = { organizationId: uuid(person.organizationId) };
  // After the charge, while the booked change is still to be taken back.
  const letGo = api.holdUp(toUpdates);
  const before = api.asked.length;
  const slow = change(person, 'BUSINESS', { idempotencyKey: newId() });
  const written = () => api.asked.slice(before).filter((one) => one.startsWith('POST /v1/subscription'));
  await expect.poll(written).toHaveLength(1);
  await server.db.billingChange.update({ where, data: { heldUntil: new Date(Date.now() - 1_000) } });
  letGo();
  expect(await slow).toMatchObject({ code: 'CAPACITY', message: /This took too long/ });
  expect(written()).toHaveLength(1);
  expect(await rowOf(person)).toMatchObject({ finishedAt: null, promised: { told: { deed: { kind: 'CHANGE' } } } });
  await server.db.billingChange.update({
    where,
    data: { promised: Prisma.DbNull, holder: newId(), heldUntil: new Date(Date.now() - 1_000) },
  });
  expect(await ending(other, false)).toMatchObject({ replayed: false });
});

test('a key whose first answer was lost is not taken for that of another input', async () => {
  const reused = { problem: 'KEY_REUSED' };
  const person = await aSubscriber();
  const input = { idempotencyKey: newId() };
  api.lose(2, toUpdates);
  expect(await change(person, 'PRO', input)).toMatchObject({ code: 'CAPACITY' });
  expect(await change(person, 'BUSINESS', input)).toMatchObject(reused);
  expect(await rowOf(person)).toMatchObject({ asked: { plan: 'Pro' }, finishedAt: null });
  expect(await change(person, 'PRO', input)).toMatchObject({ applied: true });
  const later = { idempotencyKey: newId() };
  api.lose(2, /^\/v1\/subscription_schedules\/[^/]+$/);
  expect(await change(person, 'HOBBY', later)).toMatchObject({ code: 'CAPACITY' });
  expect(await change(person, 'BUSINESS', later)).toMatchObject(reused);
  expect(charged(person)).toHaveLength(1);
  expect(await change(person, 'HOBBY', later)).toMatchObject({ applied: true });
  const end = { idempotencyKey: newId() };
  api.lose(2, toUpdates);
  expect(await ending(person, true, end)).toMatchObject({ code: 'CAPACITY' });
  expect(await ending(person, false, end)).toMatchObject({ __typename: 'IdempotencyError' });
  expect(await ending(person, true, end)).toMatchObject({ replayed: false });
});

test('a change that Stripe has made stays promised, and is told, where its price is sold no longer', async () => {
  const person = await aSubscriber();
  const input = { idempotencyKey: newId() };
  api.lose(2, toUpdates);
  expect(await change(person, 'PRO', input)).toMatchObject({ code: 'CAPACITY' });
  const price = [...api.world.prices.values()].find(
    ({ lookup_key: key, active }) => active && key === 'apployd_pro_monthly',
  );
  if (!price) throw new Error('Pro is not for sale.');
  price.active = false;
  expect(await change(person, 'PRO', input)).toMatchObject({ applied: true, replayed: false });
  price.active = true;
  expect(charged(person)).toHaveLength(1);
  expect(await entries(person)).toHaveLength(1);
});

test('a change that failed before anything was asked for keeps nobody waiting', async () => {
  const person = await aSubscriber();
  const other = await aMember(server, person, 'BILLING');
  let looked = 0;
  const own = [...api.world.subscriptions.values()].find(({ customer }) => customer === person.customerId);
  api.before('GET', `/v1/subscriptions/${own?.id}`, () => {
    looked += 1;
    // The first look is the price's.
    api.before('GET', `/v1/subscriptions/${own?.id}`, () => api.refuse(2, 500, toUpdates));
  });
  expect(await change(person, 'PRO', { idempotencyKey: newId() })).toMatchObject({ code: 'CAPACITY' });
  expect(looked).toBe(1);
  expect(await rowOf(person)).toMatchObject({ promised: null, holder: null });
  expect(await change(other, 'BUSINESS')).toMatchObject({ applied: true });
});

test('a smaller plan is refused where the subscription was ended in the portal meanwhile, and it still ends', async () => {
  const person = await aSubscriber();
  await change(person, 'PRO');
  const { id = '' } =
    [...api.world.subscriptions.values()].find(({ customer }) => customer === person.customerId) ?? {};
  // The first look is the price's.
  api.before('GET', `/v1/subscriptions/${id}`, () => api.endInPortal(id));
  expect(await change(person, 'HOBBY')).toMatchObject({ currentState: 'ENDING' });
  const one = api.world.subscriptions.get(id);
  expect(one).toMatchObject({ cancelAt: one?.periodEnd, schedule: null });
  expect(await rowOf(person)).toMatchObject({ promised: null, holder: null });
  expect(await ending(person, false)).toMatchObject({ replayed: false });
  expect(await change(person, 'HOBBY')).toMatchObject({ applied: true });
});

test('what the engine has told of is not told of twice', async () => {
  const person = await aSubscriber();
  const organizationId = uuid(person.organizationId);
  const own = [...api.world.subscriptions.values()].find(({ customer }) => customer === person.customerId);
  const letGo = api.holdUp(toUpdates);
  const answer = change(person, 'PRO');
  await expect.poll(async () => api.asked.includes(`POST /v1/subscriptions/${own?.id}`)).toBe(true);
  const { promised } = await rowOf(person);
  const { audit } = promised as { audit: Prisma.AuditEventUncheckedCreateInput };
  await server.db.auditEvent.create({ data: { ...audit, id: newId() } });
  await server.db.billingChange.update({
    where: { organizationId },
    data: { finishedAt: new Date(), madeAt: new Date() },
  });
  letGo();
  expect(await answer).toMatchObject({ applied: true, replayed: false });
  expect(await entries(person)).toHaveLength(1);
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
