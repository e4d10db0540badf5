import { expect, test } from 'vitest';
import { partsOf } from './stripe-parts.js';

type Invoice = Parameters<typeof partsOf>[0];

const anInvoice = (more: Partial<Invoice> = {}): Invoice => ({
  ...{ subtotal: 1_000, total: 1_000, amount_due: 1_000, total_discount_amounts: [] },
  lines: {
    data: [
      { description: 'Unused time on Hobby', amount: -333 },
      { description: 'Remaining time on Pro', amount: 1_333 },
    ],
  },
  ...more,
});
const told = (invoice: Invoice) =>
  partsOf(invoice, 'EUR').map(({ kind, description, amount }) => [kind, description, amount.amountMinor]);

test('a change is told as what is credited of the old plan and what is charged for the new one', () => {
  expect(told(anInvoice())).toEqual([
    ['LINE', 'Unused time on Hobby', -333],
    ['LINE', 'Remaining time on Pro', 1_333],
  ]);
});

test('discounts, taxes and credit of before stand behind them, and all sum up to what is due', () => {
  const invoice = anInvoice({
    total_discount_amounts: [{ amount: 250, discount: 'di_1' }],
    ...{ total: 900, amount_due: 600 },
  });
  expect(told(invoice).slice(2)).toEqual([
    ['DISCOUNT', null, -250],
    ['TAX', null, 150],
    ['CREDIT', null, -300],
  ]);
  expect(told(invoice).reduce((all, [, , amount]) => all + Number(amount), 0)).toBe(600);
});

test('what is credited rather than due has no credit taken off, and lines that are not shown stand as one', () => {
  const invoice = anInvoice({ subtotal: -900, total: -900, amount_due: 0 });
  expect(told(invoice).slice(2)).toEqual([['LINE', null, -1_900]]);
  expect(told(invoice).reduce((all, [, , amount]) => all + Number(amount), 0)).toBe(-900);
});
