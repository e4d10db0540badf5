import type { IncomingMessage, ServerResponse } from 'node:http';
import { within } from '@apployd/backplane/within';
import { newId } from '@apployd/core/id';
import type { PaymentEvent } from '@apployd/backplane/payments/payments';
import { answer, answerError } from '../answer.js';
import type { Services } from '../context.js';

export const paymentEventsPath = '/webhooks/stripe';

/** Far more than any event has. */
const mostBytes = 512 * 1024;

/**
 * `POST /webhooks/stripe`: what was signed is written down, and answered. What comes of it is the engine's: the row is what
 * it works from, so that nothing is lost when it is away, and nothing happens twice.
 */
export async function receivePaymentEvent(
  services: Services,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { readPaymentEvent } = services;
  if (!readPaymentEvent) return answerError(response, 404, 'NOT_FOUND', 'There is nothing here.');
  if (request.method !== 'POST') return answerError(response, 405, 'BAD_REQUEST', 'Send events by POST.');
  const body = await bodyOf(request);
  if (!body) {
    response.setHeader('connection', 'close');
    return answerError(response, 413, 'PAYLOAD_TOO_LARGE', `An event has at most ${mostBytes} bytes.`);
  }
  const event = await readPaymentEvent(body, String(request.headers['stripe-signature'] ?? ''));
  if (!event) return answerError(response, 400, 'BAD_SIGNATURE', 'Sign it with the secret of this endpoint, just now.');
  const id = await keep(services, event);
  answer(response, 200, { received: true });
  if (id) void ask(services, id);
}

/** Null when there is more of it than an event has. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > mostBytes) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** The id of its row; null when it was written down before. */
async function keep(
  { db }: Services,
  { id: externalId, type, isLive, customerId }: PaymentEvent,
): Promise<string | null> {
  const row = { id: newId(), externalId, type: type.slice(0, 200), isLive, customerId };
  const { count } = await db.webhookEvent.createMany({ data: row, skipDuplicates: true });
  return count === 1 ? row.id : null;
}

const patienceMs = 2_000;

async function ask({ jobs, log }: Services, eventId: string): Promise<void> {
  await within(patienceMs, jobs.ask('payment-event', eventId), 'The queue').catch((err: unknown) => {
    log.warn({ err, eventId }, 'could not ask for an event of Stripe; reconciling will');
  });
}
