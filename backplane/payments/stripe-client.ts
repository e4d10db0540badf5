import Stripe from 'stripe';
import { CapacityError, IdempotencyError, PaymentRequiredError } from '@apployd/core/refusal';

export type StripeOptions = {
  readonly secretKey: string;
  /** Instead of Stripe's own. */
  readonly url?: string;
  /** How long one request may take, from its connection to the last byte of its answer. In milliseconds. */
  readonly timeoutMs?: number;
};

/** The version that everything here was written for, whatever the account's own is. */
const apiVersion = '2026-10-28.endive';
const usualTimeoutMs = 8_000;
const retries = 1;

export function stripeClient({ secretKey, url, timeoutMs = usualTimeoutMs }: StripeOptions): Stripe {
  const { protocol, hostname, port } = new URL(url ?? 'https://api.stripe.com');
  return new Stripe(secretKey, {
    apiVersion,
    timeout: timeoutMs,
    // The client of Node counts the time anew with each byte that comes, and not at all before it is connected.
    httpClient: Stripe.createFetchHttpClient(),
    maxNetworkRetries: retries,
    telemetry: false,
    protocol: protocol === 'http:' ? 'http' : 'https',
    host: hostname,
    port: port || (protocol === 'http:' ? '80' : '443'),
  });
}

const retryAfterMs = 10_000;

/** What Stripe refuses is said in our words; what it, or the way there, does not manage just now can be asked again. */
export async function asRefusals<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Stripe.errors.StripeCardError) {
      const message =
        'The payment was refused, and nothing was changed. Give another card in the billing portal, then ask again.';
      throw new PaymentRequiredError(message);
    }
    if (error instanceof Stripe.errors.StripeIdempotencyError) throw new IdempotencyError('KEY_REUSED');
    if (isStored(error)) {
      const message =
        'Stripe has failed at this. Look at what came of it, then ask again with another idempotency key.';
      throw new CapacityError(message, retryAfterMs);
    }
    if (isPassing(error)) {
      const message = 'Stripe does not answer just now. Ask again with the same idempotency key.';
      throw new CapacityError(message, retryAfterMs);
    }
    throw error;
  }
}

/** It did nothing, or nobody knows: the same key finds out. */
function isPassing(error: unknown): boolean {
  if (error instanceof Stripe.errors.StripeConnectionError) return true;
  return statusOf(error) === 429 || statusOf(error) === 409;
}

/** It broke while it worked: from then on the same key is answered the same. */
export const isStored = (error: unknown): boolean => statusOf(error) >= 500;

export const isMissing = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeError && error.code === 'resource_missing';

const statusOf = (error: unknown): number => (error instanceof Stripe.errors.StripeError ? (error.statusCode ?? 0) : 0);
