import type { Payments } from '@apployd/backplane/payments/payments';
import { InvalidStateError } from '@apployd/core/refusal';
import type { Billing } from '@apployd/prisma/generated/client/client';
import type { Context } from '../context.js';

/** Refuses where nothing is for sale. */
export async function requirePayments({ payments }: Pick<Context, 'payments'>): Promise<Payments> {
  const opened = await payments?.();
  if (opened) return opened;
  const message = 'Billing is not set up on this platform: plans are given by its operator. Ask them for another one.';
  throw new InvalidStateError(message, 'NOT_CONFIGURED', ['CONFIGURED']);
}

/** The organization's customer, who is made when the first asks; and again where that one is there no longer. */
export async function ensureCustomer(context: Context, payments: Payments, organizationId: string): Promise<string> {
  const known = await context.db.billing.findUnique({ where: { organizationId }, select });
  if (known?.isLive === payments.isLive && (await payments.hasCustomer(known.customerId))) return known.customerId;
  if (known && !payments.isLive && paysRealMoney(known)) throw isOfLive();
  const { name, plan, memberships } = await context.db.organization.findUniqueOrThrow({
    where: { id: organizationId },
    select: {
      name: true,
      plan: { select: { code: true } },
      memberships: { where: { role: 'OWNER' }, orderBy: { createdAt: 'asc' }, take: 1, select: { user: true } },
    },
  });
  const email = memberships[0]?.user.email ?? null;
  const replaces = known?.customerId ?? null;
  const customerId = await payments.ensureCustomer({ organizationId, name, email, replaces });
  const { isLive } = payments;
  return keepCustomer(context, { organizationId, customerId, isLive, formerPlanCode: plan.code }, replaces);
}

const select = { customerId: true, isLive: true, status: true, subscriptionId: true } as const;
type NewRow = Pick<Billing, 'organizationId' | 'customerId' | 'isLive' | 'formerPlanCode'>;

/** As was seen last with a key for that: with one for tests nobody can look. */
const paysRealMoney = ({ isLive, status, subscriptionId }: Pick<Billing, keyof typeof select>): boolean =>
  isLive && subscriptionId !== null && status !== 'CANCELED';

/** Who it is at Stripe would be forgotten, and goes on paying there. */
function isOfLive(): InvalidStateError {
  const message =
    'The organization has a subscription for real money, and the platform has a key of Stripe for tests just now. Nothing was changed. Ask the operator to set the live key again, or to try things out on a platform of its own.';
  return new InvalidStateError(message, 'OTHER_MODE', ['SAME_MODE']);
}

/** Of two who make one in the same moment the first counts: gives that one. */
async function keepCustomer({ db }: Context, row: NewRow, replaces: string | null): Promise<string> {
  const { organizationId, customerId, isLive } = row;
  if (replaces === null) {
    await db.billing.createMany({ data: row, skipDuplicates: true });
  } else {
    const data = { customerId, isLive, settledAt: null, triedAt: null, version: { increment: 1 } };
    await db.billing.updateMany({ where: { organizationId, customerId: replaces }, data });
  }
  return (await db.billing.findUniqueOrThrow({ where: { organizationId }, select })).customerId;
}

/** Refuses where there never was a customer. */
export async function requireCustomer({ db }: Context, payments: Payments, organizationId: string): Promise<string> {
  const known = await db.billing.findUnique({ where: { organizationId }, select });
  if (known?.isLive === payments.isLive) return known.customerId;
  throw notSubscribed();
}

export const notSubscribed = () =>
  new InvalidStateError('The organization has no subscription. Begin one with billingCheckoutOpen.', 'NOT_SUBSCRIBED', [
    'SUBSCRIBED',
  ]);
