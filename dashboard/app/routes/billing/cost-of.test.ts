import { expect, test } from 'vitest';
import { costOf } from './cost-of.js';

const price = { amountMinor: 500, currency: 'EUR' };

test('a plan is offered with its trial, to those who still have one', () => {
  expect(costOf(price, 'a month', 14)).toMatch(/^14 days free, then \S+5\.00 a month$/);
  expect(costOf(price, 'a month', 1)).toMatch(/^1 day free, then /);
  expect(costOf(price, 'a month', 0)).toMatch(/^\S+5\.00 a month$/);
});
