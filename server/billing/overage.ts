import type { Money } from '@apployd/core/billing';
import { capInForce, ruleBeginsAtBytes, wholeGigabytes } from '@apployd/core/overage';
import { periodOf } from '@apployd/core/usage';
import type { Billing, Overage, Plan } from '@apployd/prisma/generated/client/client';
import { builder } from '../builder.js';
import type { Context } from '../context.js';
import { agreedPrice } from './agreed-price.js';
import { isOfNow } from './last-reports.js';
import { MoneyRef } from './money.js';
import { offeredPrice } from './offered-price.js';

/** Bandwidth beyond the pool, as it is sold to an organization. */
type Sold = {
  readonly price: Money;
  /** Of what is counted. */
  readonly agreed: Money;
  readonly capGigabytes: number | null;
  /** What the cap lets be sent just now; null: nothing beyond the pool. */
  readonly capBytes: number | null;
  /** Of this month. */
  readonly gigabytes: number;
  readonly poolBytes: number;
};

type Rows = {
  readonly overage: Overage | null;
  readonly plan: Pick<Plan, 'bandwidthBytesPerMonth' | 'priceCurrency'>;
  /** The customer, where there is one of the mode that there is a key for. */
  readonly payer: Billing | null;
};

/** Null where none is bought, and none is sold. What is bought goes on at the price that was agreed on. */
export async function overageOf(
  { overage, plan, payer }: Rows,
  { settings, lastReports }: Pick<Context, 'settings' | 'lastReports'>,
): Promise<Sold | null> {
  const capGigabytes = overage?.capGigabytes ?? null;
  const agreed = agreedPrice(overage);
  const offered = offeredPrice(plan, settings.BILLING_OVERAGE_PRICE);
  const isKept = async ({ organizationId }: Overage) =>
    isOfNow(await lastReports(organizationId), payer?.currentPeriodStart ?? null);
  const price =
    capGigabytes !== null || (overage && isDearer(agreed, offered) && (await isKept(overage))) ? agreed : offered;
  if (!price) return null;
  const isOfThisMonth = overage?.month.getTime() === periodOf(new Date()).start.getTime();
  return {
    ...{ price, agreed: agreed ?? price, capGigabytes },
    capBytes: capInForce(capGigabytes, payer, payer?.isLive ?? null),
    gigabytes: isOfThisMonth ? wholeGigabytes(Number(overage?.overBytes ?? 0)) : 0,
    poolBytes: Number(plan.bandwidthBytesPerMonth),
  };
}

/** Who buys anew may be charged that of before as long as what was reported at it is to be charged. */
const isDearer = (agreed: Money | null, offered: Money | null): boolean =>
  agreed !== null && offered?.currency === agreed.currency && agreed.amountMinor > offered.amountMinor;

const times = ({ amountMinor, currency }: Money, gigabytes: number): Money => ({
  amountMinor: amountMinor * gigabytes,
  currency,
});

export const BillingOverageRef = builder.objectRef<Sold>('BillingOverage').implement({
  description: 'Bandwidth beyond the pool, of this calendar month in UTC.',
  fields: (t) => ({
    price: t.field({
      type: MoneyRef,
      description:
        'Of a gigabyte of 2^30 bytes: as it was bought where some is, or was in this period, at more than is offered; else as it is offered.',
      resolve: ({ price }) => price,
    }),
    capGigabytes: t.exposeInt('capGigabytes', {
      nullable: true,
      description: 'So many are bought at most. Null: none are.',
    }),
    gigabytes: t.exposeInt('gigabytes', { description: 'What is charged until now, whole ones alone.' }),
    cost: t.field({
      type: MoneyRef,
      description: 'What these cost, before discounts and taxes.',
      resolve: ({ agreed, gigabytes }) => times(agreed, gigabytes),
    }),
    mostCost: t.field({
      type: MoneyRef,
      nullable: true,
      description: 'What a month costs at most besides the plan. Null: nothing.',
      resolve: ({ price, capGigabytes }) => (capGigabytes === null ? null : times(price, capGigabytes)),
    }),
    limitBytes: t.field({
      type: 'SafeInt',
      description:
        "Once so many bytes are sent in the month the plan's rule for bandwidth begins: without the cap while a payment is owed.",
      resolve: ({ poolBytes, capBytes }) => ruleBeginsAtBytes(poolBytes, capBytes),
    }),
  }),
});
