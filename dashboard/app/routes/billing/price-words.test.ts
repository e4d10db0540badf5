import { expect, test } from 'vitest';
import { dueWords, partName, recurringWords } from './price-words.js';

const euros = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });

test('what is paid today and what each period costs each say what is counted in them', () => {
  expect(dueWords(euros(500))).toBe('€5.00 are paid today, with discounts, taxes and credit counted.');
  expect(dueWords(euros(0))).toBe('Nothing is paid today.');
  expect(dueWords(euros(-900))).toMatch(/^€9\.00 are credited for what is left of the old plan, /);
  expect(recurringWords(euros(2_000), 'MONTH')).toBe(
    'Then its price is €20.00 each month, before discounts and taxes.',
  );
  expect(recurringWords(euros(2_000), 'YEAR')).toMatch(/ each year, /);
});

test('a part is called as Stripe calls its line, else by what it is', () => {
  const part = { kind: 'LINE', description: 'Unused time on Hobby', amount: euros(-333) };
  expect(partName(part)).toBe('Unused time on Hobby');
  expect(partName({ ...part, kind: 'TAX', description: null })).toBe('Taxes');
  expect(partName({ ...part, description: null })).toBe('Other lines');
});
