import { stripeClient, type StripeOptions } from '../stripe-client.js';

/** A clock of Stripe's own for tests, by its official client: it moves the time of the customers that are made with it. */
export async function testClock(options: StripeOptions, startsAt: Date) {
  const stripe = stripeClient(options);
  const secondsOf = (at: Date) => Math.floor(at.getTime() / 1_000);
  const { id } = await stripe.testHelpers.testClocks.create({ frozen_time: secondsOf(startsAt) });
  let now = startsAt;
  return {
    now: () => now,
    customer: async (): Promise<string> => (await stripe.customers.create({ test_clock: id })).id,
    /** Resolves once all that is due until then has happened. */
    advance: async (to: Date): Promise<void> => {
      let { status } = await stripe.testHelpers.testClocks.advance(id, { frozen_time: secondsOf(to) });
      while (status === 'advancing') ({ status } = await stripe.testHelpers.testClocks.retrieve(id));
      if (status !== 'ready') throw new Error(`The test clock could not be moved: it is ${status}.`);
      now = to;
    },
  };
}
