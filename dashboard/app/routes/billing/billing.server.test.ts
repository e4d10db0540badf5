import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { actOnBilling } from './act.server.js';
import { loadBilling } from './load.server.js';

/** What the API says to each: one answer, or those of several questions by what they ask for. */
let answers: readonly object[] = [];
let asked: Record<string, unknown>[] = [];
const answerTo = async (request: IncomingMessage) => {
  const { variables } = JSON.parse(await text(request)) as { variables: Record<string, unknown> };
  asked.push(variables);
  return answers[asked.length - 1] ?? answers.at(-1);
};
const server = createServer((request, response) => {
  void answerTo(request).then((data) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ data }));
  });
});
let serverUrl = '';
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  serverUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await once(server.close(), 'close');
});

const callOf = (request: Request) => ({
  ...{ request, params: { org: 'acme' } },
  context: { serverUrl, visitor: '192.0.2.1', requestId: 'request-7', nonce: '' },
});
const act = (answer: object, fields: Record<string, string>) => {
  [answers, asked] = [[answer], []];
  const body = new URLSearchParams({ organizationId: 'org_1', ...fields });
  return actOnBilling(callOf(new Request('http://localhost/acme/billing', { method: 'POST', body })));
};
const offer = { planId: 'plan_2', interval: 'YEAR' };
const money = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });

test('a first plan, and the cards, lead to a page of Stripe', async () => {
  const url = 'https://checkout.stripe.com/c/1';
  const bought = { billingCheckoutOpen: { __typename: 'BillingCheckoutOpenPayload', url, replayed: false } };
  const checkout = await act(bought, { intent: 'checkout', ...offer });
  expect(checkout).toBeInstanceOf(Response);
  expect((checkout as Response).headers.get('location')).toBe(url);
  expect(asked).toMatchObject([{ input: { organizationId: 'org_1', ...offer } }]);
  const opened = { billingPortalOpen: { __typename: 'BillingPortalOpenPayload', url, replayed: false } };
  const portal = await act(opened, { intent: 'portal', page: 'PAYMENT_METHOD' });
  expect((portal as Response).headers.get('location')).toBe(url);
  expect(asked).toMatchObject([{ input: { page: 'PAYMENT_METHOD' } }]);
});

test('a change is told its price before, and then costs what was told, once', async () => {
  const at = '2027-01-05T10:00:00.000Z';
  const payload = {
    ...{ __typename: 'BillingPlanChangePayload', dueNow: money(480), recurring: money(2_000) },
    ...{ effectiveAt: at, at, applied: false, replayed: false },
  };
  const told = await act({ billingPlanChange: payload }, { intent: 'preview', ...offer });
  expect(asked).toMatchObject([{ input: { ...offer, preview: true } }]);
  expect(told).toMatchObject({ price: { ...offer, dueNow: money(480), recurring: money(2_000), at } });
  const { key } = (told as { price: { key: string } }).price;
  expect(key).not.toBe('');
  const changed = await act(
    { billingPlanChange: { ...payload, applied: true } },
    { intent: 'change', ...offer, at, key },
  );
  expect(asked).toMatchObject([{ input: { ...offer, at, idempotencyKey: key } }]);
  expect(asked).not.toMatchObject([{ input: { preview: true } }]);
  expect(changed).toMatchObject({ saved: expect.stringContaining('The change is made.') });
});

test('a plan that is too small is refused with what is to shrink', async () => {
  const message = 'One project may hold at most half of the pool: 1 GB, not 2 GB.';
  const violation = { rule: 'HALF', resource: 'MEMORY', projectId: 'prj_1', requested: 2, available: 1, message };
  const refused = { __typename: 'QuotaExceededError', code: 'QUOTA_EXCEEDED', message, retryable: false };
  const violations = [violation, { ...violation, projectId: null }];
  const limits = { memoryBytes: 2, cpuMillicores: 1, bandwidthBytesPerMonth: 0 };
  const holdings = [{ projectId: 'prj_1', limits }];
  const answer = await act(
    { billingPlanChange: { ...refused, violations, holdings } },
    { intent: 'preview', ...offer },
  );
  expect(answer).toMatchObject({ problem: { code: 'QUOTA_EXCEEDED', message }, tooSmall: { violations, holdings } });
});

const refusedWith = (code: string) => ({ __typename: 'CapacityError', code, message: 'Not now.', retryable: true });

test('a change that failed is shown again with its price and its key, unless it is refused for good', async () => {
  const [at, effectiveAt] = ['2027-01-05T10:00:00.000Z', '2027-01-06T10:00:00.000Z'];
  const shown = { dueMinor: '480', recurringMinor: '2000', currency: 'EUR', effectiveAt };
  const fields = { intent: 'change', ...offer, at, key: 'key-1', ...shown };
  const price = { ...offer, organizationId: 'org_1', dueNow: money(480), recurring: money(2_000), effectiveAt };
  const failed = await act({ billingPlanChange: refusedWith('CAPACITY') }, fields);
  expect(failed).toMatchObject({ problem: { code: 'CAPACITY' }, price: { ...price, at, key: 'key-1' } });
  const over = await act({ billingPlanChange: refusedWith('CONFLICT') }, fields);
  expect(over).not.toHaveProperty('price');
});

test('an end has a key, which it keeps until it is known what came of it', async () => {
  const fields = { intent: 'ending', ends: 'true', key: 'key-2' };
  const failed = await act({ billingEndingSet: refusedWith('CAPACITY') }, fields);
  expect(failed).toMatchObject({ problem: { code: 'CAPACITY' }, endingKey: 'key-2' });
  expect(asked[0]).toMatchObject({ input: { ends: true, idempotencyKey: 'key-2-true' } });
});

test('an end is asked for, and taken back', async () => {
  const done = { billingEndingSet: { __typename: 'BillingEndingSetPayload', organization: { id: 'org_1' } } };
  await act(done, { intent: 'ending', ends: 'true' });
  expect(asked).toMatchObject([{ input: { organizationId: 'org_1', ends: true } }]);
  await act(done, { intent: 'ending', ends: 'false' });
  expect(asked).toMatchObject([{ input: { ends: false } }]);
});

test('a form that does not exist is refused', async () => {
  await expect(act({}, { intent: 'give me all' })).rejects.toMatchObject({ status: 400 });
});

const events = { nodes: [{ id: 'oev_1' }], pageInfo: { hasPreviousPage: false } };
const load = (billing: object | null, invoices: object | null) => {
  const everything = {
    organization: { id: 'org_1', plan: { id: 'plan_1' }, billing, events: billing && events },
    plans: [{ id: 'plan_1' }],
  };
  [answers, asked] = [
    [everything, everything, everything, everything, { organization: { id: 'org_1', billing: { invoices } } }],
    [],
  ];
  return loadBilling(callOf(new Request('http://localhost/acme/billing?after=in_9&checkout=done')));
};

test('invoices are asked for page by page, and the rest is shown where they cannot be had', async () => {
  const billing = { isConfigured: true, status: 'ACTIVE' };
  const page = { invoices: [{ id: 'in_1' }], hasMore: true };
  expect(await load(billing, page)).toMatchObject({ invoices: page, hasPaid: true, plan: { id: 'plan_1' }, events });
  expect(asked.at(-1)).toMatchObject({ by: { slug: 'acme' }, after: 'in_9' });
  expect(await load(billing, null)).toMatchObject({ invoices: null, billing });
});

test('nobody is asked for invoices where nothing is sold, nothing was bought, or the role may not see it', async () => {
  const none = { invoices: { invoices: [], hasMore: false } };
  for (const billing of [{ isConfigured: false, status: null }, { isConfigured: true, status: null }, null]) {
    expect(await load(billing, null)).toMatchObject({ billing, ...none });
    expect(asked).toHaveLength(4);
  }
});
