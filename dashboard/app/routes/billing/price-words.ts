import { type Money, moneyOf } from '../../billing/money.js';

export type PricePart = {
  readonly kind: string;
  readonly description: string | null;
  readonly amount: Money;
};

const kinds: Readonly<Record<string, string>> = {
  DISCOUNT: 'Discounts',
  TAX: 'Taxes',
  CREDIT: 'Credit or debt of before',
};

/** What a part of a price is called: a line by Stripe's words for it. */
export const partName = ({ kind, description }: PricePart): string => description ?? kinds[kind] ?? 'Other lines';

/** What is taken, or credited, in this moment: all is counted in it. */
export function dueWords(dueNow: Money): string {
  if (dueNow.amountMinor > 0) return `${moneyOf(dueNow)} are paid today, with discounts, taxes and credit counted.`;
  if (dueNow.amountMinor === 0) return 'Nothing is paid today.';
  const credited = moneyOf({ ...dueNow, amountMinor: -dueNow.amountMinor });
  return `${credited} are credited for what is left of the old plan, with discounts and taxes counted.`;
}

/** What each period costs from then on: by the list, since what is taken off or added then is not known yet. */
export const recurringWords = (recurring: Money, interval: string): string =>
  `Then its price is ${moneyOf(recurring)} each ${interval === 'YEAR' ? 'year' : 'month'}, before discounts and taxes.`;
