import { afterAll, beforeAll, expect, test } from 'vitest';
import { stripeEventReader } from '@apployd/backplane/payments/stripe-event';
import { signed } from '@apployd/backplane/payments/testing/stripe-api';
import { newId } from '@apployd/core/id';
import { testServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await testServer({ readPaymentEvent: stripeEventReader(['whsec_new', 'whsec_old']) });
});
afterAll(() => server.close());

const anEvent = (type = 'customer.subscription.updated') => ({
  ...{ id: `evt_${newId()}`, object: 'event' as const, type, created: 1, livemode: false, api_version: 'x' },
  data: { object: { id: 'sub_1', customer: 'cus_1' } },
});
const send = (body: string, signature: string, method = 'POST') =>
  fetch(`${server.url}/webhooks/stripe`, {
    method,
    headers: { 'stripe-signature': signature, 'content-type': 'application/json' },
    ...(method === 'POST' && { body }),
  });
const kept = (externalId: string) => server.db.webhookEvent.findMany({ where: { externalId } });

test('what Stripe has signed is written down before it is answered, and asked for once', async () => {
  const event = anEvent();
  for (const secret of ['whsec_new', 'whsec_old']) {
    const { body, signature } = signed(event, secret);
    expect((await send(body, signature)).status).toBe(200);
  }
  const rows = await kept(event.id);
  expect(rows).toMatchObject([{ type: event.type, isLive: false, customerId: 'cus_1', processedAt: null }]);
  expect(server.asked.filter((line) => line === `payment-event ${rows[0]?.id}`)).toHaveLength(1);
});

test('what it has not, or long ago, or that is not whole, is refused and leaves nothing', async () => {
  const event = anEvent();
  const foreign = signed(event, 'whsec_other');
  const stale = signed(event, 'whsec_new', new Date(Date.now() - 600_000));
  const own = signed(event, 'whsec_new');
  expect((await send(foreign.body, foreign.signature)).status).toBe(400);
  expect((await send(stale.body, stale.signature)).status).toBe(400);
  expect((await send(own.body.replace('cus_1', 'cus_2'), own.signature)).status).toBe(400);
  expect((await send(own.body, '')).status).toBe(400);
  expect((await send('x'.repeat(600_000), own.signature)).status).toBe(413);
  expect((await send('', '', 'GET')).status).toBe(405);
  expect(await kept(event.id)).toEqual([]);
});

test('without a secret there is nobody to call', async () => {
  const without = await testServer();
  const { body, signature } = signed(anEvent(), 'whsec_new');
  const answer = await fetch(`${without.url}/webhooks/stripe`, {
    method: 'POST',
    headers: { 'stripe-signature': signature },
    body,
  });
  expect(answer.status).toBe(404);
  await without.close();
});
