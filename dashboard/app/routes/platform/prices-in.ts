import { minorOf } from '../../billing/money.js';
import { textIn } from '../../api/session.server.js';

type Money = { readonly amountMinor: number; readonly currency: string };

/** What a plan is to cost; null: it is not for sale for so long. */
export type Prices = { readonly monthlyPrice?: Money | null; readonly yearlyPrice?: Money | null };

/** What is wrong with which field, by the way to it within the input. */
type Wrong = { readonly wrong: Readonly<Record<string, string>> };

/** The prices that a form has: both in one currency, in its whole smallest units. One without their fields leaves them. */
export function pricesIn(form: FormData): Prices | Wrong {
  if (!form.has('monthlyPrice') && !form.has('yearlyPrice')) return {};
  const currency = textIn(form, 'currency').trim().toUpperCase();
  const typed = { monthlyPrice: textIn(form, 'monthlyPrice').trim(), yearlyPrice: textIn(form, 'yearlyPrice').trim() };
  if (!typed.monthlyPrice && !typed.yearlyPrice) return { monthlyPrice: null, yearlyPrice: null };
  if (!/^[A-Z]{3}$/.test(currency)) {
    return { wrong: { 'monthlyPrice.currency': 'Type the currency of the prices: three letters, such as EUR.' } };
  }
  const [monthly, yearly] = [minorOf(typed.monthlyPrice, currency), minorOf(typed.yearlyPrice, currency)];
  const wrong = {
    ...(typed.monthlyPrice && monthly === null && { 'monthlyPrice.amountMinor': noAmount }),
    ...(typed.yearlyPrice && yearly === null && { 'yearlyPrice.amountMinor': noAmount }),
  };
  if (Object.keys(wrong).length > 0) return { wrong };
  const money = (amountMinor: number | null) => (amountMinor === null ? null : { amountMinor, currency });
  return { monthlyPrice: money(monthly), yearlyPrice: money(yearly) };
}

const noAmount = 'Type an amount of the currency, such as 20 or 19.99.';
