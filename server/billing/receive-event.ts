import type { IncomingMessage, ServerResponse } from 'node:http';
import { within } from '@apployd/backplane/within';
import { newId } from '@apployd/core/id';
import type { PaymentEvent } from '@apployd/backplane/payments/payments';
import { answer, answerError } from '../answer.js';
import type { Services } from '../context.js';

export const paymentEventsPath = '/webhooks/stripe';

/** Far more than any event has. */
const mostBytes = 512 * 1024;

/** Of the second in which every call is answered. */
const usuallyKeptWithinMs = 900;

/**
 * `POST /webhooks/stripe`: what was signed is written down, and answered. What comes of it is the engine's: the row is what
 * it works from, so that nothing is lost when it is away, and nothing happens twice. What could not be written down in time
 * is answered 503, and sent again by Stripe.
 */
export async function receivePaymentEvent(
  services: Services,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { readPaymentEvent, log, settings } = services;
  if (!readPaymentEvent) return answerError(response, 404, 'NOT_FOUND', 'There is nothing here.');
  if (request.method !== 'POST') return answerError(response, 405, 'BAD_REQUEST', 'Send events by POST.');
  const body = await bodyOf(request);
  if (!body) {
    response.setHeader('connection', 'close');
    return answerError(response, 413, 'PAYLOAD_TOO_LARGE', `An event has at most ${mostBytes} bytes.`);
  }
  const signature = String(request.headers['stripe-signature'] ?? '');
  const isKept = writeDown(services, readPaymentEvent(body, signature));
  const patience = settings.eventKeptWithinMs ?? usuallyKeptWithinMs;
  try {
    if (await within(patience, isKept, 'The database')) return answer(response, 200, { received: true });
  } catch (err) {
    log.warn({ err }, 'an event of Stripe was not written down in time; Stripe sends it again');
    return answerError(response, 503, 'UNAVAILABLE', 'The event could not be written down in time. Send it again.');
  }
  answerError(response, 400, 'BAD_SIGNATURE', 'Sign it with the secret of this endpoint, just now.');
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

/** False for what was not signed. The queue is asked besides, however late that is. */
async function writeDown(services: Services, read: Promise<PaymentEvent | null>): Promise<boolean> {
  const event = await read;
  if (!event) return false;
  const id = await keep(services, event);
  if (id) void ask(services, id);
  return true;
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
