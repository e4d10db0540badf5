import type { Money } from '@apployd/core/billing';
import { ruleBeginsAtBytes, gigabyteBytes, readOveragePrice, wholeGigabytes } from '@apployd/core/overage';
import { periodOf } from '@apployd/core/usage';
import type { Overage, Plan } from '@apployd/prisma/generated/client/client';
import { builder } from '../builder.js';
import { MoneyRef } from './money.js';

/** Bandwidth beyond the pool, as it is sold to an organization. */
type Sold = {
  readonly price: Money;
  readonly capGigabytes: number | null;
  /** Of this month. */
  readonly gigabytes: number;
  readonly poolBytes: number;
};

type Rows = {
  readonly overage: Overage | null;
  readonly plan: Pick<Plan, 'bandwidthBytesPerMonth' | 'priceCurrency'>;
};

/** Null where none is sold: there is no price, or it is not in the currency of the plan's. */
export function overageOf({ overage, plan }: Rows, priceText: string | undefined): Sold | null {
  const price = readOveragePrice(priceText);
  if (!price || plan.priceCurrency !== price.currency) return null;
  const isOfThisMonth = overage?.month.getTime() === periodOf(new Date()).start.getTime();
  return {
    price,
    capGigabytes: overage?.capGigabytes ?? null,
    gigabytes: isOfThisMonth ? wholeGigabytes(Number(overage?.overBytes ?? 0)) : 0,
    poolBytes: Number(plan.bandwidthBytesPerMonth),
  };
}

const times = ({ amountMinor, currency }: Money, gigabytes: number): Money => ({
  amountMinor: amountMinor * gigabytes,
  currency,
});

export const BillingOverageRef = builder.objectRef<Sold>('BillingOverage').implement({
  description: 'Bandwidth beyond the pool, of this calendar month in UTC.',
  fields: (t) => ({
    price: t.field({ type: MoneyRef, description: 'Of a gigabyte of 2^30 bytes.', resolve: ({ price }) => price }),
    capGigabytes: t.exposeInt('capGigabytes', {
      nullable: true,
      description: 'So many are bought at most. Null: none are.',
    }),
    gigabytes: t.exposeInt('gigabytes', { description: 'What is charged until now, whole ones alone.' }),
    cost: t.field({
      type: MoneyRef,
      description: 'What these cost, before discounts and taxes.',
      resolve: ({ price, gigabytes }) => times(price, gigabytes),
    }),
    mostCost: t.field({
      type: MoneyRef,
      nullable: true,
      description: 'What a month costs at most besides the plan. Null: nothing.',
      resolve: ({ price, capGigabytes }) => (capGigabytes === null ? null : times(price, capGigabytes)),
    }),
    limitBytes: t.field({
      type: 'SafeInt',
      description: "Once so many bytes are sent in the month the plan's rule for bandwidth begins.",
      resolve: ({ poolBytes, capGigabytes }) =>
        ruleBeginsAtBytes(poolBytes, capGigabytes === null ? null : capGigabytes * gigabyteBytes),
    }),
  }),
});
