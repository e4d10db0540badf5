import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stripeEventReader } from '@apployd/backplane/payments/stripe-event';
import { signed } from '@apployd/backplane/payments/testing/stripe-api';
import { newId } from '@apployd/core/id';
import { waiting } from '../testing/at-the-same-moment.js';
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
const send = (body: string, signature: string, method = 'POST', on = server) =>
  fetch(`${on.url}/webhooks/stripe`, {
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

describe('an answer within a second', () => {
  const sendAnEvent = async (on = server, event = anEvent()) => {
    const { body, signature } = signed(event, 'whsec_new');
    const begun = performance.now();
    const { status } = await send(body, signature, 'POST', on);
    return { status, tookMs: performance.now() - begun, event };
  };

  test('is 503 rather than 200 while the row cannot be written, and the event is received when it comes again', async () => {
    const readPaymentEvent = stripeEventReader(['whsec_new']);
    const settings = { eventKeptWithinMs: undefined };
    const hasty = await testServer({ readPaymentEvent, settings });
    const { status, tookMs, event } = await hasty.db.$transaction(
      async (tx) => {
        await tx.$executeRaw`LOCK TABLE "WebhookEvent" IN SHARE MODE`;
        const sent = await sendAnEvent(hasty);
        // It was answered by its own deadline: the database's has not ended the statement.
        expect(await waiting(hasty.db)).toBe(1);
        return sent;
      },
      { timeout: 20_000 },
    );
    expect(status).toBe(503);
    expect(tookMs).toBeGreaterThan(800);
    await expect.poll(async () => (await sendAnEvent(hasty, event)).status, { timeout: 10_000 }).toBe(200);
    const rows = await hasty.db.webhookEvent.findMany({ where: { externalId: event.id } });
    expect(rows).toHaveLength(1);
    // Whichever of the writings was the one, it is asked for.
    await expect.poll(() => hasty.asked).toEqual([`payment-event ${rows[0]?.id}`]);
    await hasty.close();
  });

  test('is 503 where writing fails', async () => {
    await server.db.$executeRaw`ALTER TABLE "WebhookEvent" RENAME TO "WebhookEventAway"`;
    const failed = await sendAnEvent();
    await server.db.$executeRaw`ALTER TABLE "WebhookEventAway" RENAME TO "WebhookEvent"`;
    expect(failed.status).toBe(503);
    expect(await kept(failed.event.id)).toEqual([]);
    expect((await sendAnEvent(server, failed.event)).status).toBe(200);
  });

  test('does not wait for the queue', async () => {
    const asked: string[] = [];
    let letGo = () => {};
    const forever = new Promise<void>((resolve) => (letGo = resolve));
    const ask = async (name: string, id: string) => {
      asked.push(`${name} ${id}`);
      await forever;
    };
    const heldUp = await testServer({ readPaymentEvent: stripeEventReader(['whsec_new']), jobs: { ask } });
    expect((await sendAnEvent(heldUp)).status).toBe(200);
    expect(asked).toHaveLength(1);
    letGo();
    await heldUp.close();
  });
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
