import type Stripe from 'stripe';
import type { ChangePart } from './payments.js';

type Previewed = Pick<Stripe.Invoice, 'subtotal' | 'total' | 'amount_due'> & {
  readonly total_discount_amounts?: Stripe.Invoice['total_discount_amounts'];
  readonly lines: { readonly data: readonly Pick<Stripe.InvoiceLineItem, 'description' | 'amount'>[] };
};

/**
 * How an invoice comes to what is due of it, or to what it credits: its lines, then discounts, taxes and what was credited
 * before, those of nothing left out. Lines that Stripe does not show at once stand as one, and tax that is inside of prices
 * is in their lines, so that the parts always sum up.
 */
export function partsOf(invoice: Previewed, currency: string): readonly ChangePart[] {
  const { subtotal, total, amount_due: due } = invoice;
  const lines = invoice.lines.data.map(({ description, amount }) => ({ kind: 'LINE', description, amount }) as const);
  const discount = -sum((invoice.total_discount_amounts ?? []).map(({ amount }) => amount));
  const others = [
    { kind: 'LINE', description: null, amount: subtotal - sum(lines.map(({ amount }) => amount)) },
    { kind: 'DISCOUNT', description: null, amount: discount },
    { kind: 'TAX', description: null, amount: total - subtotal - discount },
    { kind: 'CREDIT', description: null, amount: total < 0 ? 0 : due - total },
  ] as const;
  return [...lines, ...others]
    .filter(({ amount }) => amount !== 0)
    .map(({ amount, ...part }) => ({ ...part, amount: { amountMinor: amount, currency } }));
}

const sum = (amounts: readonly number[]): number => amounts.reduce((all, amount) => all + amount, 0);
