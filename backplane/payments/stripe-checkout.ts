import { createHash } from 'node:crypto';
import type Stripe from 'stripe';
import { ConflictError, InvalidStateError } from '@apployd/core/refusal';
import type { NewCheckout } from './payments.js';

type Sale = NewCheckout & { readonly isSubscribed: () => Promise<boolean> };

/** What metadata of sessions say of what they are for. */
const wishKey = 'apployd_wish';

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
      metadata: { [wishKey]: wishOf(price, checkout) },
      ...(trialDays > 0 && { subscription_data: { trial_period_days: trialDays } }),
      ...(isTaxed && {
        automatic_tax: { enabled: true },
        customer_update: { address: 'auto', name: 'auto' },
        tax_id_collection: { enabled: true },
      }),
    },
    { idempotencyKey: `${key}-checkout` },
  );
  const { id, url } = await keepOne(stripe, customer, session);
  if (!url) throw new Error(`The checkout session ${id} has no page.`);
  // Only now nothing else can be bought: what was until then is seen.
  if (await checkout.isSubscribed()) {
    await expire(stripe, id);
    const message = 'Something was bought just now on another page. Look again before you buy once more.';
    throw new InvalidStateError(message, 'SUBSCRIBED', ['NOT_SUBSCRIBED']);
  }
  return url;
}

/** The same for pages that sell the same in the same way. */
function wishOf({ id }: Stripe.Price, { trialDays, isTaxed, returnUrl }: Sale): string {
  return createHash('sha256')
    .update(JSON.stringify([id, trialDays, isTaxed, returnUrl]))
    .digest('hex');
}

const mostPages = 100;
/** Half of the time that Stripe gives a page, so that enough of it is left. */
const mostAgeSeconds = 12 * 3_600;

/**
 * Of the customer's pages one stays open: the oldest of those that were wanted alike one after another up to this one. So two
 * tabs get the same page, at once too, rather than each close that of the other.
 */
async function keepOne(
  stripe: Stripe,
  customer: string,
  own: Stripe.Checkout.Session,
): Promise<Stripe.Checkout.Session> {
  const isSame = ({ metadata, created }: Stripe.Checkout.Session) =>
    metadata?.[wishKey] === own.metadata?.[wishKey] && own.created - created < mostAgeSeconds;
  // The newest first.
  const { data: open } = await stripe.checkout.sessions.list({ customer, status: 'open', limit: mostPages });
  const at = open.findIndex(({ id }) => id === own.id);
  // Closed by now: for one like it, unless for another or by the time.
  if (at < 0) return open.find(isSame) ?? stillOpen(stripe, own);
  const older = open.slice(at + 1);
  const other = older.findIndex((one) => !isSame(one));
  const kept = (other < 0 ? older : older.slice(0, other)).at(-1) ?? own;
  for (const { id } of [own, ...older]) if (id !== kept.id) await expire(stripe, id);
  return kept;
}

/** What was sold meanwhile is seen by whoever asks next; a page that was closed for another is no page. */
async function stillOpen(stripe: Stripe, { id }: Stripe.Checkout.Session): Promise<Stripe.Checkout.Session> {
  const now = await stripe.checkout.sessions.retrieve(id);
  if (now.status === 'expired')
    throw new ConflictError('Another page to pay on was opened meanwhile. Go on there, or choose a plan once more.');
  return now;
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
