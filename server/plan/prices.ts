import type { BillingInterval, Money } from '@apployd/core/billing';
import { ValidationError, type FieldIssue } from '@apployd/core/refusal';
import type { Plan } from '@apployd/prisma/generated/client/client';

type PriceColumns = Pick<Plan, 'priceCurrency' | 'monthlyPriceMinor' | 'yearlyPriceMinor'>;

/** What a plan costs; null: it is not for sale for so long. */
export function pricesOf(plan: PriceColumns): Record<BillingInterval, Money | null> {
  const { priceCurrency: currency, monthlyPriceMinor: month, yearlyPriceMinor: year } = plan;
  const money = (amountMinor: number | null) =>
    amountMinor === null || currency === null ? null : { amountMinor, currency };
  return { MONTH: money(month), YEAR: money(year) };
}

type Given = { readonly monthlyPrice?: Money | null; readonly yearlyPrice?: Money | null };

/** How the row keeps what is given beside what it has: both in one currency. */
export function priceColumns(before: PriceColumns, given: Given): Partial<PriceColumns> {
  if (given.monthlyPrice === undefined && given.yearlyPrice === undefined) return {};
  const { MONTH, YEAR } = pricesOf(before);
  const monthly = given.monthlyPrice === undefined ? MONTH : given.monthlyPrice;
  const yearly = given.yearlyPrice === undefined ? YEAR : given.yearlyPrice;
  if (monthly && yearly && monthly.currency !== yearly.currency) {
    const message = `Both prices are to be in one currency, and one is in ${monthly.currency}, the other in ${yearly.currency}.`;
    throw new ValidationError([{ path: ['yearlyPrice', 'currency'], rule: 'OTHER_CURRENCY', message }]);
  }
  return {
    priceCurrency: (monthly ?? yearly)?.currency ?? null,
    monthlyPriceMinor: monthly?.amountMinor ?? null,
    yearlyPriceMinor: yearly?.amountMinor ?? null,
  };
}

const mostMinor = 99_999_999;

export function priceIssues(given: Given): FieldIssue[] {
  return (['monthlyPrice', 'yearlyPrice'] as const).flatMap((name) => {
    const price = given[name];
    return price ? moneyIssues(name, price) : [];
  });
}

function moneyIssues(name: string, { amountMinor, currency }: Money): FieldIssue[] {
  const isRight = amountMinor >= 1 && amountMinor <= mostMinor;
  return [
    ...(isRight ? [] : [amountIssue(name)]),
    ...(/^[A-Z]{3}$/.test(currency)
      ? []
      : [{ path: [name, 'currency'], rule: 'INVALID_FORMAT', message: 'A currency is three capitals, such as EUR.' }]),
  ];
}

const amountIssue = (name: string): FieldIssue => ({
  path: [name, 'amountMinor'],
  rule: 'OUT_OF_RANGE',
  message: `A price is 1 to ${mostMinor} of the currency's smallest unit; null where it is not for sale.`,
});
