import type { Db } from '@apployd/prisma/create-db';
import type { Payments, SubscriptionState } from '@apployd/backplane/payments/payments';

/** Puts a plan up for sale, the year for ten months. */
export async function setPrices(db: Db, code: string, monthlyPriceMinor: number): Promise<void> {
  const yearlyPriceMinor = 10 * monthlyPriceMinor;
  await db.plan.update({ where: { code }, data: { priceCurrency: 'EUR', monthlyPriceMinor, yearlyPriceMinor } });
}

/** Who has a customer of this name has a subscription. */
export const subscribed = 'cus_subscribed';

const amount = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
const [start, end] = [new Date('2026-01-01T00:00:00Z'), new Date('2100-01-01T00:00:00Z')];
const subscription: SubscriptionState = {
  ...{ id: 'sub_1', status: 'ACTIVE', offer: { planCode: 'HOBBY', interval: 'MONTH' }, createdAt: start },
  ...{ currentPeriodStart: start, currentPeriodEnd: end },
  ...{ trialEndsAt: null, cancelAt: null, scheduled: null, unpaidSince: null, changeIds: [] },
  ...{ price: amount(500), overagePrice: amount(5) },
};

/** Payments of tests that are about something else: everything works, and nothing comes of it. */
export const somePayments: Payments = {
  isLive: false,
  ensureCustomer: async ({ organizationId }) => `cus_${organizationId}`,
  hasCustomer: async () => true,
  subscriptions: async (customerId) => (customerId.startsWith(subscribed) ? [subscription] : []),
  openCheckout: async () => 'https://checkout.stripe.test/1',
  openPortal: async () => 'https://billing.stripe.test/1',
  preview: async ({ at }) => ({ dueNow: amount(1), parts: [], recurring: amount(2), effectiveAt: at }),
  change: async () => undefined,
  setEnding: async () => undefined,
  sellOverage: async ({ price }) => price,
  reportOverage: async () => undefined,
  invoices: async () => ({ invoices: [], hasMore: false }),
};
