import Stripe from 'stripe';
import type { ReadPaymentEvent } from './payments.js';

/** How old a signature may be. */
const toleranceSeconds = 300;

/** Signed by any of the secrets: while one replaces another, both are used. */
export function stripeEventReader(secrets: readonly string[]): ReadPaymentEvent {
  return async (body, signature) => {
    for (const secret of secrets) {
      const event = readSigned(body, signature, secret);
      if (event) {
        return { id: event.id, type: event.type, isLive: event.livemode, customerId: customerIdOf(event) };
      }
    }
    return null;
  };
}

function readSigned(body: Buffer, signature: string, secret: string): Stripe.Event | null {
  try {
    return Stripe.webhooks.constructEvent(body, signature, secret, toleranceSeconds);
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Whatever it is about has it, or is it. */
function customerIdOf({ data, type }: Stripe.Event): string | null {
  const object = data.object as { readonly id?: unknown; readonly customer?: unknown };
  const customer = type.startsWith('customer.') && !('customer' in object) ? object.id : object.customer;
  if (typeof customer === 'string') return customer;
  const id = (customer as { readonly id?: unknown } | null | undefined)?.id;
  return typeof id === 'string' ? id : null;
}
