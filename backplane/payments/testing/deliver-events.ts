import { deadlineIn } from '@apployd/core/deadline';
import { signed } from './stripe-api.js';
import type { Event } from './stripe-world.js';

/** Where events are called in, and what they are signed with. */
type Endpoint = { readonly url: string; readonly secret: string };

type Way = {
  /** Puts them in the order in which they come. What it leaves out is lost. */
  readonly order?: (events: readonly Event[]) => readonly Event[];
  /** How often each comes: the first of all, then all once more. */
  readonly copies?: number;
  /** So many calls go out together. */
  readonly atOnce?: number;
};

/** How long an answer is waited for; in milliseconds. */
const patienceMs = 10_000;
const mostTries = 5;

/**
 * Calls events in over HTTP as Stripe does: each signed just now, and again until it is answered with 200. Gives how many calls
 * that took. What is not delivered yet can be later: an event keeps its id.
 */
export async function deliverEvents(
  to: Endpoint,
  events: readonly Event[],
  { order = (all) => all, copies = 1, atOnce = 1 }: Way = {},
): Promise<number> {
  const calls = Array.from({ length: copies }, () => order(events)).flat();
  let tries = 0;
  for (let at = 0; at < calls.length; at += atOnce) {
    const together = calls.slice(at, at + atOnce).map((event) => callIn(to, event));
    for (const taken of await Promise.all(together)) tries += taken;
  }
  return tries;
}

async function callIn({ url, secret }: Endpoint, event: Event): Promise<number> {
  for (let tried = 1; tried <= mostTries; tried += 1) {
    if ((await statusOf(url, signed(event, secret))) === 200) return tried;
  }
  throw new Error(`The event ${event.id} was refused ${mostTries} times.`);
}

async function statusOf(url: string, { body, signature }: ReturnType<typeof signed>): Promise<number> {
  const headers = { 'stripe-signature': signature, 'content-type': 'application/json' };
  return (await fetch(url, { method: 'POST', headers, body, signal: deadlineIn(patienceMs) })).status;
}
