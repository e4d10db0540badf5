import type Stripe from 'stripe';
import { InvalidStateError } from '@apployd/core/refusal';
import type { NewCheckout } from './payments.js';

type Sale = NewCheckout & { readonly isSubscribed: () => Promise<boolean> };

/** One page at a time: those that were opened before sell nothing any more, nor does this one where one of them just has. */
export async function openCheckout(stripe: Stripe, price: Stripe.Price, checkout: Sale): Promise<string> {
  const { customerId: customer, trialDays, isTaxed, returnUrl, key } = checkout;
  const session = await stripe.checkout.sessions.create(
    {
      mode: 'subscription',
      customer,
      line_items: [{ price: price.id, quantity: 1 }],
      allow_promotion_codes: true,
      success_url: `${returnUrl}?checkout=done`,
      cancel_url: returnUrl,
      ...(trialDays > 0 && { subscription_data: { trial_period_days: trialDays } }),
      ...(isTaxed && {
        automatic_tax: { enabled: true },
        customer_update: { address: 'auto', name: 'auto' },
        tax_id_collection: { enabled: true },
      }),
    },
    { idempotencyKey: `${key}-checkout` },
  );
  if (!session.url) throw new Error(`The checkout session ${session.id} has no page.`);
  await expireOthers(stripe, customer, session.id);
  // Only now nothing else can be bought: what was until then is seen.
  if (await checkout.isSubscribed()) {
    await expire(stripe, session.id);
    const message = 'Something was bought just now on another page. Look again before you buy once more.';
    throw new InvalidStateError(message, 'SUBSCRIBED', ['NOT_SUBSCRIBED']);
  }
  return session.url;
}

const mostPages = 100;

async function expireOthers(stripe: Stripe, customer: string, own: string): Promise<void> {
  const { data } = await stripe.checkout.sessions.list({ customer, status: 'open', limit: mostPages });
  for (const { id } of data) if (id !== own) await expire(stripe, id);
}

/** What cannot be expired is sold or expired already; anything else is an error. */
async function expire(stripe: Stripe, id: string): Promise<void> {
  try {
    await stripe.checkout.sessions.expire(id);
  } catch (error) {
    const { status } = await stripe.checkout.sessions.retrieve(id);
    if (status === 'open' || status === null) throw error;
  }
}
