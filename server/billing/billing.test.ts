import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stripeCatalogue } from '@apployd/backplane/payments/stripe-catalogue';
import { stripePayments } from '@apployd/backplane/payments/stripe';
import { stripeApi, type StripeApi } from '@apployd/backplane/payments/testing/stripe-api';
import { newId, publicId } from '@apployd/core/id';
import { GiB } from '@apployd/core/resources';
import { ask, mutate } from '../testing/client.js';
import { setPrices } from '../testing/some-payments.js';
import { aMember, aPerson, aProject, onPlan, uuid, type Person } from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let api: StripeApi;
beforeAll(async () => {
  api = await stripeApi();
  const payments = stripePayments(api);
  server = await testServer({ payments: async () => payments, settings: { BILLING_TRIAL_DAYS: 14 } });
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
});

const planId = async (code: string) =>
  publicId('Plan', (await server.db.plan.findUniqueOrThrow({ where: { code } })).id);
const call = async (person: Person, name: string, selection: string, input: object, on = server) =>
  mutate(on, person.token, name, { organizationId: person.organizationId, ...input }, selection);
const checkout = async (person: Person, code: string, input: object = {}, on = server) =>
  call(
    person,
    'billingCheckoutOpen',
    '... on BillingCheckoutOpenPayload { url replayed }',
    { planId: await planId(code), interval: 'MONTH', ...input },
    on,
  );
const change = async (person: Person, code: string, input: object = {}) =>
  call(
    person,
    'billingPlanChange',
    `... on BillingPlanChangePayload { dueNow { amountMinor currency } recurring { amountMinor } effectiveAt at applied replayed }
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

test('one organization cannot ask Stripe so often that others cannot, however few points that costs', async () => {
  const person = await aSubscriber('HOBBY');
  const before = api.asked.length;
  const aliases = Array.from({ length: 10 }, (_, i) => `a${i}: billing { invoices(after: "in_${i}") { hasMore } }`);
  const query = `{ organization(by: { id: "${person.organizationId}" }) { ${aliases.join(' ')} } }`;
  const answers = await Promise.all(Array.from({ length: 8 }, () => ask(server, query, {}, { token: person.token })));
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
