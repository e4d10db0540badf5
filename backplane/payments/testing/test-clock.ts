import { setTimeout as pause } from 'node:timers/promises';
import { stripeClient, type StripeOptions } from '../stripe-client.js';

/** How long a clock may take until it is there, and how long is waited before it is looked at again. In milliseconds. */
type Patience = { readonly mostMs: number; readonly againMs: number };
const usual: Patience = { mostMs: 60_000, againMs: 50 };

/** A clock of Stripe's own for tests, by its official client: it moves the time of the customers that are made with it. */
export async function testClock(options: StripeOptions, startsAt: Date, { mostMs, againMs } = usual) {
  const stripe = stripeClient(options);
  const secondsOf = (at: Date) => Math.floor(at.getTime() / 1_000);
  const { id } = await stripe.testHelpers.testClocks.create({ frozen_time: secondsOf(startsAt) });
  let now = startsAt;
  return {
    id,
    now: () => now,
    customer: async (): Promise<string> => (await stripe.customers.create({ test_clock: id })).id,
    /** Resolves once all that is due until then has happened; rejects where that takes too long. */
    advance: async (to: Date): Promise<void> => {
      const until = Date.now() + mostMs;
      let { status } = await stripe.testHelpers.testClocks.advance(id, { frozen_time: secondsOf(to) });
      // Looked at once more when the time is over: this process, not the clock, may have stood still.
      for (let isOver = false; status === 'advancing' && !isOver; isOver = Date.now() >= until) {
        await pause(againMs);
        ({ status } = await stripe.testHelpers.testClocks.retrieve(id));
      }
      if (status !== 'ready') throw new Error(`The test clock could not be moved: it is ${status}.`);
      now = to;
    },
  };
}
