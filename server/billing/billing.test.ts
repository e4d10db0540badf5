import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memoryLimits } from '@apployd/backplane/limits/memory';
import { stripeCatalogue } from '@apployd/backplane/payments/stripe-catalogue';
import { stripePayments } from '@apployd/backplane/payments/stripe';
import { stripeApi, type StripeApi } from '@apployd/backplane/payments/testing/stripe-api';
import { newId, publicId } from '@apployd/core/id';
import { GiB, MiB } from '@apployd/core/resources';
import { testDatabase, type TestDatabase } from '@apployd/prisma/test-database';
import { ask, mutate } from '../testing/client.js';
import { setPrices } from '../testing/some-payments.js';
import { aMember, aPerson, aProject, onPlan, uuid, type Person } from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let database: TestDatabase;
let api: StripeApi;
beforeAll(async () => {
  [database, api] = await Promise.all([testDatabase(), stripeApi()]);
  const payments = stripePayments(api);
  server = await testServer({ payments: async () => payments, settings: { BILLING_TRIAL_DAYS: 14 }, database });
  for (const [code, month] of [
    ['HOBBY', 500],
    ['PRO', 2_000],
  ] as const) {
    const money = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
    await setPrices(server.db, code, month);
    await stripeCatalogue(api).put({ code, name: code, prices: { MONTH: money(month), YEAR: money(10 * month) } });
  }
});
afterAll(async () => {
  await server.close();
  await api.close();
  await database.close();
});

const planId = async (code: string) =>
  publicId('Plan', (await server.db.plan.findUniqueOrThrow({ where: { code } })).id);
const call = async (person: Person, name: string, selection: string, input: object, on = server) =>
  mutate(on, person.token, name, { organizationId: person.organizationId, ...input }, selection);
const checkout = async (person: Person, code: string, input: object = {}, on = server) =>
  call(
    person,
    'billingCheckoutOpen',
    '... on BillingCheckoutOpenPayload { url replayed } ... on InvalidStateError { currentState }',
    { planId: await planId(code), interval: 'MONTH', ...input },
    on,
  );
const change = async (person: Person, code: string, input: object = {}) =>
  call(
    person,
    'billingPlanChange',
    `... on BillingPlanChangePayload { dueNow { amountMinor currency } parts { kind description amount { amountMinor } } recurring { amountMinor } effectiveAt at applied replayed }
    ... on QuotaExceededError { violations { rule projectId } } ... on InvalidStateError { currentState }`,
    { planId: await planId(code), interval: 'MONTH', ...input },
  );
const ending = (person: Person, ends: boolean) =>
  call(person, 'billingEndingSet', '... on BillingEndingSetPayload { organization { id } }', { ends });
const billingOf = async ({ organizationId, token }: Person, selection: string) =>
  (await ask(server, `{ organization(by: { id: "${organizationId}" }) { billing { ${selection} } } }`, {}, { token }))
    .data.organization.billing;

async function aSubscriber(code: string, given: object = {}): Promise<Person & { customerId: string }> {
  const person = await aPerson(server);
  await onPlan(server, person, 'FREE');
  const { url } = await checkout(person, code);
  const { customer: customerId, id } = api.buy(url, given);
  // The trial is over.
  const one = api.world.subscriptions.get(id);
  if (one) Object.assign(one, { status: 'active', trialEnd: null });
  return { ...person, customerId };
}
const stripeSays = async ({ customerId }: { customerId: string }) =>
  (await stripePayments(api).subscriptions(customerId))[0];

test('the trial is told before anything is bought, and to nobody who has had theirs', async () => {
  const person = await aPerson(server);
  expect(await billingOf(person, 'trialDays')).toEqual({ trialDays: 14 });
  const { url } = await checkout(person, 'HOBBY');
  expect(api.buy(url).trialEnd).not.toBeNull();
  const where = { organizationId: uuid(person.organizationId) };
  for (const status of ['TRIALING', 'CANCELED'] as const) {
    await server.db.billing.update({ where, data: { status } });
    expect(await billingOf(person, 'trialDays')).toEqual({ trialDays: 0 });
  }
});

test('every member learns that everything is stopped, and who sees to the bill alone what is owed', async () => {
  const owner = await aPerson(server);
  const suspendedAt = new Date('2026-11-20T08:00:00Z');
  await server.db.organization.update({ where: { id: uuid(owner.organizationId) }, data: { suspendedAt } });
  for (const [role, billing] of [
    ['VIEWER', null],
    ['DEVELOPER', null],
    ['BILLING', { suspendedAt: suspendedAt.toISOString() }],
  ] as const) {
    const { token } = await aMember(server, owner, role);
    const asked = `{ organization(by: { id: "${owner.organizationId}" }) { suspendedAt billing { suspendedAt } } }`;
    const { data } = await ask(server, asked, {}, { token });
    expect([role, data.organization]).toEqual([role, { suspendedAt: suspendedAt.toISOString(), billing }]);
  }
});

describe('the customer of an organization', () => {
  const rowOf = ({ organizationId }: Person) =>
    server.db.billing.findUniqueOrThrow({ where: { organizationId: uuid(organizationId) } });

  test('is another where that one was deleted, or is of the other mode, and the plan of before is known', async () => {
    const person = await aSubscriber('PRO');
    expect(await rowOf(person)).toMatchObject({ isLive: false, formerPlanCode: 'FREE' });
    api.deleteCustomer(person.customerId);
    expect(await checkout(person, 'PRO')).toMatchObject({ url: expect.stringMatching(/checkout/) });
    const { customerId } = await rowOf(person);
    expect(customerId).not.toBe(person.customerId);
    const where = { organizationId: uuid(person.organizationId) };
    await server.db.billing.update({ where, data: { isLive: true, customerId: `cus_live_${newId()}` } });
    expect(await change(person, 'HOBBY')).toMatchObject({ code: 'INVALID_STATE' });
    expect(await billingOf(person, 'invoices { hasMore }')).toEqual({ invoices: { hasMore: false } });
    expect(await checkout(person, 'PRO')).toMatchObject({ url: expect.stringMatching(/checkout/) });
    expect(await rowOf(person)).toMatchObject({ isLive: false });
  });

  test('who pays real money is not forgotten for one of test mode, until that has ended; the other way round they are', async () => {
    const person = await aSubscriber('PRO');
    const where = { organizationId: uuid(person.organizationId) };
    const live = { isLive: true, customerId: `cus_live_${newId()}`, subscriptionId: `sub_live_${newId()}` };
    const refused = { currentState: 'OTHER_MODE', message: expect.stringMatching(/set the live key again/) };
    // As it was seen last, and as it is once the engine has looked with a key for tests.
    for (const status of ['ACTIVE', 'PAST_DUE', null] as const) {
      await server.db.billing.update({ where, data: { ...live, status } });
      expect(await checkout(person, 'PRO')).toMatchObject(refused);
      const portal = '... on InvalidStateError { currentState message }';
      expect(await call(person, 'billingPortalOpen', portal, {})).toMatchObject(refused);
      expect(await rowOf(person)).toMatchObject(live);
    }
    await server.db.billing.update({ where, data: { status: 'CANCELED' } });
    expect(await checkout(person, 'PRO')).toMatchObject({ url: expect.stringMatching(/checkout/) });
    expect(await rowOf(person)).toMatchObject({ isLive: false });
    const payments = { ...stripePayments(api), isLive: true };
    const real = await testServer({ payments: async () => payments, database });
    await server.db.billing.update({ where, data: { status: 'ACTIVE', subscriptionId: `sub_test_${newId()}` } });
    expect(await checkout(person, 'PRO', {}, real)).toMatchObject({ url: expect.stringMatching(/checkout/) });
    expect(await rowOf(person)).toMatchObject({ isLive: true });
    await real.close();
  });
});

describe('billingCheckoutOpen', () => {
  test('opens one page for a request, with a trial for the first plan, and none once there is a subscription', async () => {
    const person = await aPerson(server);
    const input = { idempotencyKey: 'checkout-once-1' };
    const first = await checkout(person, 'PRO', input);
    expect(first).toMatchObject({ url: expect.stringMatching(/^https:\/\/checkout/), replayed: false });
    expect(await checkout(person, 'PRO', input)).toMatchObject({ url: first.url, replayed: true });
    expect(await checkout(person, 'HOBBY', input)).toMatchObject({ code: 'IDEMPOTENCY' });
    expect(api.buy(first.url)).toMatchObject({ status: 'trialing' });
    expect(await checkout(person, 'PRO')).toMatchObject({ code: 'INVALID_STATE' });
    const entry = await server.db.auditEvent.findFirstOrThrow({
      where: { organizationId: uuid(person.organizationId), action: 'billingCheckoutOpen', refusal: null },
    });
    expect(entry.changes).toEqual({ after: { plan: 'PRO', interval: 'MONTH' } });
  });

  test('comes back to the organization, and sells nothing that is too small or not for sale', async () => {
    const person = await aPerson(server);
    await onPlan(server, person, 'PRO');
    const { id } = await aProject(server, person, {
      resources: { memoryBytes: 3 * GiB, cpuMillicores: 100, bandwidthBytesPerMonth: GiB },
    });
    await setPrices(server.db, 'BUSINESS', 8_000);
    const refused = await checkout(person, 'HOBBY');
    expect(refused).toMatchObject({ code: 'QUOTA_EXCEEDED', message: expect.stringMatching(/half of the pool/) });
    expect(await checkout(person, 'BUSINESS')).toMatchObject({
      code: 'INVALID_STATE',
      message: expect.stringMatching(/cannot be bought/),
    });
    expect(id).toMatch(/^prj_/);
  });

  test('takes coupons, and has Stripe work out taxes where the operator wants that, by the address that is given there', async () => {
    const person = await aPerson(server);
    const { url } = await checkout(person, 'PRO');
    expect(api.buy(url, { percentOff: 25 })).toMatchObject({ percentOff: 25, isTaxed: false });
    const payments = stripePayments(api);
    const taxed = await testServer({ payments: async () => payments, settings: { BILLING_TAX: true }, database });
    const other = await aPerson(taxed);
    const bought = api.buy((await checkout(other, 'PRO', {}, taxed)).url, { percentOff: 25 });
    expect(bought).toMatchObject({ percentOff: 25, isTaxed: true });
    // 2000 less a quarter, and a fifth of that in tax.
    expect(api.world.invoices.get(bought.latestInvoice ?? '')).toMatchObject({ total: 1_800 });
    expect(api.world.customers.get(bought.customer)).toMatchObject({ hasAddress: true });
    await taxed.close();
  });

  test('is said to be impossible where billing is not set up', async () => {
    const without = await testServer({ payments: null });
    const person = await aPerson(without);
    const plan = await without.db.plan.findUniqueOrThrow({ where: { code: 'PRO' } });
    const input = { planId: publicId('Plan', plan.id), interval: 'MONTH', organizationId: person.organizationId };
    const refused = await mutate(
      without,
      person.token,
      'billingCheckoutOpen',
      input,
      '... on InvalidStateError { currentState }',
    );
    expect(refused).toMatchObject({ currentState: 'NOT_CONFIGURED' });
    const asked = `{ organization(by: { id: "${person.organizationId}" }) { billing { isConfigured status invoices { hasMore } } } }`;
    const { data } = await ask(without, asked, {}, { token: person.token });
    expect(data.organization.billing).toEqual({ isConfigured: false, status: null, invoices: { hasMore: false } });
    await without.close();
  });
});

describe('billingPlanChange', () => {
  test('charges once what its preview has said, and asks the engine to look', async () => {
    const person = await aSubscriber('HOBBY');
    const preview = await change(person, 'PRO', { preview: true });
    expect(preview).toMatchObject({ applied: false, recurring: { amountMinor: 2_000 } });
    const [credited, taken] = preview.parts;
    expect([credited, taken]).toMatchObject([{ kind: 'LINE' }, { kind: 'LINE' }]);
    expect(credited.amount.amountMinor).toBeLessThan(0);
    expect(credited.amount.amountMinor + taken.amount.amountMinor).toBe(preview.dueNow.amountMinor);
    expect(await stripeSays(person)).toMatchObject({ offer: { planCode: 'HOBBY' } });
    const input = { at: preview.at, idempotencyKey: `change-${newId()}` };
    const made = await change(person, 'PRO', input);
    expect(made).toMatchObject({ applied: true, replayed: false, dueNow: preview.dueNow });
    expect(await change(person, 'PRO', input)).toMatchObject({ replayed: true, dueNow: preview.dueNow });
    const charged = [...api.world.invoices.values()].filter(({ customer }) => customer === person.customerId);
    expect(charged.map(({ total }) => total)).toEqual([preview.dueNow.amountMinor]);
    expect(server.asked).toContain(`settle-billing ${uuid(person.organizationId)}`);
    expect(await change(person, 'PRO')).toMatchObject({ currentState: 'UNCHANGED' });
  });

  test('has what costs less begin later, and refuses it while the projects hold more', async () => {
    const person = await aSubscriber('PRO');
    await onPlan(server, person, 'PRO');
    const project = await aProject(server, person, {
      resources: { memoryBytes: 3 * GiB, cpuMillicores: 100, bandwidthBytesPerMonth: GiB },
    });
    const refused = await change(person, 'HOBBY');
    expect(refused).toMatchObject({ violations: [{ rule: 'HALF_OF_POOL', projectId: project.id }] });
    await server.db.allocation.deleteMany({ where: { projectId: uuid(project.id) } });
    await ending(person, true);
    expect(await change(person, 'HOBBY')).toMatchObject({ currentState: 'ENDING' });
    expect((await stripeSays(person))?.cancelAt).not.toBeNull();
    await ending(person, false);
    expect(await change(person, 'HOBBY')).toMatchObject({ applied: true, dueNow: { amountMinor: 0 } });
    expect(await stripeSays(person)).toMatchObject({ offer: { planCode: 'PRO' }, scheduled: { planCode: 'HOBBY' } });
  });

  test('is refused at once where a dearer plan gives less of something than the projects hold, and charges nothing', async () => {
    const person = await aSubscriber('HOBBY');
    await onPlan(server, person, 'HOBBY');
    const { memoryBytes } = await server.db.plan.findUniqueOrThrow({ where: { code: 'PRO' } });
    const resources = { memoryBytes: 512 * MiB, cpuMillicores: 100, bandwidthBytesPerMonth: GiB };
    const project = await aProject(server, person, { resources });
    const pool = (bytes: bigint) => server.db.plan.update({ where: { code: 'PRO' }, data: { memoryBytes: bytes } });
    await pool(BigInt(512 * MiB));
    const answers = [await change(person, 'PRO', { preview: true }), await change(person, 'PRO')];
    await pool(memoryBytes);
    for (const answer of answers) {
      expect(answer).toMatchObject({ violations: [{ rule: 'HALF_OF_POOL', projectId: project.id }] });
    }
    expect(await stripeSays(person)).toMatchObject({ offer: { planCode: 'HOBBY' } });
  });

  test('begins at once for what costs more than the subscription pays, whatever the order of the plans', async () => {
    const person = await aSubscriber('PRO');
    const prices = (data: object) => server.db.plan.update({ where: { code: 'PRO' }, data });
    await prices({ monthlyPriceMinor: 100 });
    const { effectiveAt, dueNow } = await change(person, 'HOBBY', { preview: true });
    await prices({ monthlyPriceMinor: 2_000 });
    expect(dueNow).toMatchObject({ amountMinor: 0 });
    expect(Date.parse(effectiveAt)).toBeGreaterThan(Date.now() + 3_600_000);
  });

  test('changes nothing where the card is refused, the preview is old, or nothing was bought', async () => {
    const person = await aSubscriber('HOBBY');
    api.declineFrom(person.customerId);
    expect(await change(person, 'PRO')).toMatchObject({ code: 'PAYMENT_REQUIRED' });
    expect(await stripeSays(person)).toMatchObject({ offer: { planCode: 'HOBBY' } });
    const old = await change(person, 'PRO', { at: new Date(Date.now() - 2 * 3_600_000).toISOString() });
    expect(old).toMatchObject({ code: 'VALIDATION' });
    await server.db.plan.update({ where: { code: 'PRO' }, data: { yearlyPriceMinor: null } });
    const yearly = await change(person, 'PRO', { interval: 'YEAR' });
    await server.db.plan.update({ where: { code: 'PRO' }, data: { yearlyPriceMinor: 20_000 } });
    expect(yearly).toMatchObject({ currentState: 'NOT_FOR_SALE' });
    expect(await change(await aPerson(server), 'PRO')).toMatchObject({ currentState: 'NOT_SUBSCRIBED' });
  });
});

test('billingEndingSet ends a subscription with its period, and has it go on after all', async () => {
  const person = await aSubscriber('HOBBY');
  expect(await ending(person, true)).toMatchObject({ organization: { id: person.organizationId } });
  expect((await stripeSays(person))?.cancelAt).not.toBeNull();
  await ending(person, false);
  expect(await stripeSays(person)).toMatchObject({ cancelAt: null });
});

test('the bill is for owners and those who see to it: what is owed until when, and the invoices with their pages', async () => {
  const person = await aSubscriber('HOBBY');
  await change(person, 'PRO');
  const unpaidSince = new Date('2027-01-01T00:00:00Z');
  const where = { organizationId: uuid(person.organizationId) };
  await server.db.billing.update({ where, data: { status: 'PAST_DUE', planCode: 'PRO', unpaidSince } });
  const selection =
    'status planCode suspendsAt suspendedAt invoices { invoices { status total { amountMinor } url pdfUrl } hasMore }';
  const seen = {
    ...{ status: 'PAST_DUE', planCode: 'PRO', suspendsAt: '2027-01-08T00:00:00.000Z', suspendedAt: null },
    invoices: {
      hasMore: false,
      invoices: [{ status: 'PAID', url: expect.stringMatching(/https/), pdfUrl: expect.stringMatching(/pdf$/) }],
    },
  };
  expect(await billingOf(person, selection)).toMatchObject(seen);
  expect(await billingOf(await aMember(server, person, 'BILLING'), selection)).toMatchObject(seen);
  expect(await billingOf(await aMember(server, person, 'ADMIN'), selection)).toBeNull();
  api.refuse(100);
  expect(await billingOf(person, 'status invoices { hasMore }')).toEqual({ status: 'PAST_DUE', invoices: null });
  api.refuse(0);
  const opened = await call(person, 'billingPortalOpen', '... on BillingPortalOpenPayload { url }', {
    page: 'PAYMENT_METHOD',
  });
  expect(opened.url).toMatch(/^https:\/\/billing/);
});

test('amounts are told whole, however large they are', async () => {
  const person = await aSubscriber('HOBBY');
  await change(person, 'PRO');
  const invoice = [...api.world.invoices.values()].find(({ customer }) => customer === person.customerId);
  Object.assign(invoice ?? {}, { total: 3_000_000_000 });
  const organizationId = uuid(person.organizationId);
  await onPlan(server, person, 'PRO');
  const overage = { organizationId, capGigabytes: 1_000_000, priceMinor: 3_000, priceCurrency: 'EUR' };
  await server.db.overage.create({ data: { ...overage, month: new Date() } });
  const money = '{ amountMinor }';
  const told = await billingOf(person, `overage { mostCost ${money} } invoices { invoices { total ${money} } }`);
  const whole = { amountMinor: 3_000_000_000 };
  expect(told).toEqual({ overage: { mostCost: whole }, invoices: { invoices: [{ total: whole }] } });
});

test('one organization cannot ask Stripe so often that others cannot, however few points that costs', async () => {
  const person = await aSubscriber('HOBBY');
  const payments = stripePayments(api);
  // Nothing comes back meanwhile, however long it takes.
  const limited = await testServer({ payments: async () => payments, database, limits: memoryLimits(() => 0) });
  const before = api.asked.length;
  const aliases = Array.from({ length: 10 }, (_, i) => `a${i}: billing { invoices(after: "in_${i}") { hasMore } }`);
  const query = `{ organization(by: { id: "${person.organizationId}" }) { ${aliases.join(' ')} } }`;
  const answers = await Promise.all(Array.from({ length: 8 }, () => ask(limited, query, {}, { token: person.token })));
  await limited.close();
  expect(api.asked.length - before).toBeLessThanOrEqual(30);
  expect(answers.flatMap(({ errors }) => errors ?? []).map(({ extensions }) => extensions?.code)).toContain(
    'RATE_LIMITED',
  );
});

test('nothing is started for an organization that is suspended', async () => {
  const person = await aPerson(server);
  const { environmentId } = await aProject(server, person);
  await server.db.organization.update({
    where: { id: uuid(person.organizationId) },
    data: { suspendedAt: new Date() },
  });
  const refused = await mutate(
    server,
    person.token,
    'deploymentCreate',
    { environmentId },
    '... on InvalidStateError { currentState message }',
  );
  expect(refused).toMatchObject({ currentState: 'SUSPENDED', message: expect.stringMatching(/Pay the open invoice/) });
});
