import type { Catalogue, OpenPayments, Payments, ReadPaymentEvent } from './payments.js';
import type { PaymentSettings } from './payment-settings.js';

/** Null where no key is set. */
export function openPayments({ STRIPE_SECRET_KEY, STRIPE_API_URL }: Partial<PaymentSettings>): OpenPayments | null {
  if (STRIPE_SECRET_KEY === undefined) return null;
  let opened: Promise<Payments> | undefined;
  const open = async () => {
    const { stripePayments } = await import('./stripe.js');
    return stripePayments({ secretKey: STRIPE_SECRET_KEY, url: STRIPE_API_URL });
  };
  return () => (opened ??= open());
}

/** Null where no secret is set: then nobody can call in. */
export function openPaymentEvents(secrets: readonly string[]): ReadPaymentEvent | null {
  if (secrets.length === 0) return null;
  // Read at the start: Stripe gives a call little time, and comes with many at once.
  const reader = import('./stripe-event.js').then(({ stripeEventReader }) => stripeEventReader(secrets));
  reader.catch(() => undefined);
  return async (body, signature) => (await reader)(body, signature);
}

/** What is for sale there; null where no key is set. */
export async function openCatalogue(settings: Partial<PaymentSettings>): Promise<Catalogue | null> {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_API_URL: url } = settings;
  if (secretKey === undefined) return null;
  const { stripeCatalogue } = await import('./stripe-catalogue.js');
  return stripeCatalogue({ secretKey, url });
}
