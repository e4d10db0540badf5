export type Money = { readonly amountMinor: number; readonly currency: string };

/** `€20.00`, from whole smallest units: nothing is rounded on the way. */
export function moneyOf({ amountMinor, currency }: Money): string {
  const decimals = decimalsOf(currency);
  const amount = amountOf({ amountMinor, currency });
  const format = new Intl.NumberFormat('en', {
    ...{ style: 'currency', currency },
    ...{ minimumFractionDigits: decimals, maximumFractionDigits: decimals },
  });
  return format.format(amount as `${number}`);
}

/** `20.00`, as it is typed. */
export function amountOf({ amountMinor, currency }: Money): string {
  const decimals = decimalsOf(currency);
  const digits = String(Math.abs(amountMinor)).padStart(decimals + 1, '0');
  const split = digits.length - decimals;
  const fraction = decimals > 0 ? `.${digits.slice(split)}` : '';
  return `${amountMinor < 0 ? '-' : ''}${digits.slice(0, split)}${fraction}`;
}

/**
 * What was typed, such as `20` or `19.99`, in the smallest unit of the currency. Null where it is no amount, or finer than that
 * unit: nothing is rounded.
 */
export function minorOf(typed: string, currency: string): number | null {
  const [, whole, fraction = ''] = /^(\d{1,12})(?:\.(\d{1,3}))?$/.exec(typed.trim()) ?? [];
  const decimals = decimalsOf(currency);
  if (whole === undefined || fraction.length > decimals) return null;
  return Number(whole + fraction.padEnd(decimals, '0'));
}

/** By the smallest unit in which Stripe counts, which is not always the one that `Intl` knows. */
function decimalsOf(currency: string): number {
  if (withoutDecimals.includes(currency)) return 0;
  return withThree.includes(currency) ? 3 : 2;
}

const withoutDecimals: readonly string[] = [
  ...['BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA'],
  ...['PYG', 'RWF', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'],
];

const withThree: readonly string[] = ['BHD', 'JOD', 'KWD', 'OMR', 'TND'];
