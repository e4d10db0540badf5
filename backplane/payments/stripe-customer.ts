import type Stripe from 'stripe';
import type { NewCustomer } from './payments.js';
import { isMissing, isStored } from './stripe-client.js';

/**
 * One for the organization, however often it is asked for at once: its key is of the organization alone, and of the customer
 * that this one replaces. Its name and its address change, and are no part of that.
 */
export async function ensureCustomer(
  stripe: Stripe,
  { organizationId, name, email, replaces }: NewCustomer,
): Promise<string> {
  const metadata = { apployd_organization: organizationId };
  const idempotencyKey = `customer-${organizationId}${replaces ? `-${replaces}` : ''}`;
  const { id } = await stripe.customers.create({ metadata }, { idempotencyKey }).catch((error: unknown) => {
    // That it broke is all that this key is ever answered again.
    if (isStored(error)) return stripe.customers.create({ metadata });
    throw error;
  });
  await stripe.customers.update(id, { name, ...(email && { email }) });
  return id;
}

/** False when it was deleted, or is another account's. */
export async function hasCustomer(stripe: Stripe, customerId: string): Promise<boolean> {
  try {
    return !(await stripe.customers.retrieve(customerId)).deleted;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Who was deleted has nothing; that nobody ever knew of a customer is no answer. */
export const noneOfDeleted = (stripe: Stripe, customerId: string) => async (error: unknown) => {
  if (isMissing(error) && (await stripe.customers.retrieve(customerId)).deleted) return { data: [] };
  throw error;
};
