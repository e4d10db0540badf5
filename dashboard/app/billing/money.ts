type Money = { readonly amountMinor: number; readonly currency: string };

/** `€20.00`, from whole smallest units: nothing is rounded on the way. */
export function moneyOf({ amountMinor, currency }: Money): string {
  const decimals = decimalsOf(currency);
  const digits = String(Math.abs(amountMinor)).padStart(decimals + 1, '0');
  const split = digits.length - decimals;
  const amount = `${amountMinor < 0 ? '-' : ''}${digits.slice(0, split)}.${digits.slice(split)}0`;
  const format = new Intl.NumberFormat('en', {
    ...{ style: 'currency', currency },
    ...{ minimumFractionDigits: decimals, maximumFractionDigits: decimals },
  });
  return format.format(amount as `${number}`);
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
