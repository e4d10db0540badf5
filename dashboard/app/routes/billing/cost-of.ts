import { type Money, moneyOf } from '../../billing/money.js';

/** `14 days free, then €5.00 a month`; without a trial the price alone. */
export function costOf(price: Money, each: string, trialDays: number): string {
  const cost = `${moneyOf(price)} ${each}`;
  if (trialDays <= 0) return cost;
  return `${trialDays === 1 ? '1 day' : `${trialDays} days`} free, then ${cost}`;
}
