import { standingOf, type BillingInterval, type BillingStatus, type Money } from './billing.js';

/** Bandwidth beyond the pool, which an organization may buy up to a cap that it sets itself. */

/** What is sold and reported: whole gigabytes of 2^30 bytes. What is begun is not charged. */
export const gigabyteBytes = 1_073_741_824;
export const mostCapGigabytes = 1_000_000;

/** From how many bytes of a month on the plan's rule for bandwidth begins: at the pool, or at the cap of what is bought beyond. */
export const ruleBeginsAtBytes = (poolBytes: number, overageCapBytes: number | null): number =>
  poolBytes + (overageCapBytes ?? 0);

/** Who is charged, as Stripe said when it was looked at last. */
type Payer = { readonly isLive: boolean; readonly status: BillingStatus | null };

/**
 * What may be bought beyond the pool just now, in bytes; null: nothing. While a payment is owed nothing is, nor by a customer
 * of Stripe's other mode; `isLive` is the mode of the key, null where there is none.
 */
export function capInForce(
  capGigabytes: number | null | undefined,
  payer: Payer | null | undefined,
  isLive: boolean | null,
): number | null {
  return capGigabytes == null || !mayPay(payer, isLive) ? null : capGigabytes * gigabyteBytes;
}

/** It can be charged with the next invoice: nothing is owed by now. */
const mayPay = (payer: Payer | null | undefined, isLive: boolean | null): boolean =>
  payer?.isLive === isLive && payer?.status != null && standingOf[payer.status] === 'PAID';

/** By what the price of a gigabyte is found: it is billed with the plan, and as often. */
export const overageLookupKey = (interval: BillingInterval): string =>
  `apployd_overage_${interval === 'MONTH' ? 'monthly' : 'yearly'}`;

/** Reads `5 EUR`: what a gigabyte costs in the smallest unit; null: none is sold. */
export function readOveragePrice(text: string | undefined): Money | null {
  const [, amount, currency = ''] = /^([1-9]\d{0,7}) ([A-Z]{3})$/.exec(text ?? '') ?? [];
  return amount === undefined ? null : { amountMinor: Number(amount), currency };
}

export const isSamePrice = (one: Money, other: Money): boolean =>
  one.amountMinor === other.amountMinor && one.currency === other.currency;

/** How an organization gets bandwidth beyond its pool: it buys some, or more than it does. */
export type OverageOffer = 'BUY' | 'RAISE';

type Asking = {
  readonly capGigabytes: number | null | undefined;
  readonly payer: Payer | null | undefined;
  readonly planCurrency: string | null;
};

/** Null where it can have none: while a payment is owed, and where none is bought and none is sold for plans like its own. */
export function overageOffer(
  { capGigabytes, payer, planCurrency }: Asking,
  price: Money | null,
  isLive: boolean | null,
): OverageOffer | null {
  if (!mayPay(payer, isLive)) return null;
  if (capGigabytes != null) return 'RAISE';
  return price && price.currency === planCurrency ? 'BUY' : null;
}

export type Counted = {
  /** The first day of the month. */
  readonly month: Date;
  /** What of the month was sent when somebody looked last. */
  readonly seenBytes: number;
  /** What of that was beyond the pool, at most the cap. */
  readonly overBytes: number;
};

type Seen = { readonly month: Date; readonly bytesOut: number; readonly poolBytes: number; readonly capBytes: number };

/**
 * What was sent since the last look counts as far as it is beyond the pool of now. What was sent before, under another
 * pool or before anything was bought, is never charged afterwards; nor is what a month is told of when it is over: a look
 * at a month before the one that was looked at last changes nothing.
 */
export function countOverage(before: Counted, { month, bytesOut, poolBytes, capBytes }: Seen): Counted {
  if (month.getTime() < before.month.getTime()) return before;
  const isSame = before.month.getTime() === month.getTime();
  const { seenBytes, overBytes } = isSame ? before : { seenBytes: 0, overBytes: 0 };
  const beyond = Math.max(0, bytesOut - Math.max(poolBytes, seenBytes));
  // A cap that is lowered takes back nothing that was charged.
  return {
    month,
    seenBytes: Math.max(seenBytes, bytesOut),
    overBytes: Math.max(overBytes, Math.min(capBytes, overBytes + beyond)),
  };
}

export const wholeGigabytes = (bytes: number): number => Math.floor(bytes / gigabyteBytes);
