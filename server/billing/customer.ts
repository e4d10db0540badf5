import type { Payments } from '@apployd/backplane/payments/payments';
import { InvalidStateError } from '@apployd/core/refusal';
import type { Context } from '../context.js';

/** Refuses where nothing is for sale. */
export async function requirePayments({ payments }: Pick<Context, 'payments'>): Promise<Payments> {
  const opened = await payments?.();
  if (opened) return opened;
  const message = 'Billing is not set up on this platform: plans are given by its operator. Ask them for another one.';
  throw new InvalidStateError(message, 'NOT_CONFIGURED', ['CONFIGURED']);
}

/** The organization's customer, who is made when the first asks. */
export async function ensureCustomer(context: Context, payments: Payments, organizationId: string): Promise<string> {
  const known = await context.db.billing.findUnique({ where: { organizationId }, select: { customerId: true } });
  if (known) return known.customerId;
  const { name, memberships } = await context.db.organization.findUniqueOrThrow({
    where: { id: organizationId },
    select: {
      name: true,
      memberships: { where: { role: 'OWNER' }, orderBy: { createdAt: 'asc' }, take: 1, select: { user: true } },
    },
  });
  const email = memberships[0]?.user.email ?? null;
  const customerId = await payments.ensureCustomer({ organizationId, name, email });
  await context.db.billing.createMany({ data: { organizationId, customerId }, skipDuplicates: true });
  return customerId;
}

/** Refuses where there never was a customer. */
export async function requireCustomer({ db }: Context, organizationId: string): Promise<string> {
  const known = await db.billing.findUnique({ where: { organizationId }, select: { customerId: true } });
  if (known) return known.customerId;
  throw notSubscribed();
}

export const notSubscribed = () =>
  new InvalidStateError('The organization has no subscription. Begin one with billingCheckoutOpen.', 'NOT_SUBSCRIBED', [
    'SUBSCRIBED',
  ]);
