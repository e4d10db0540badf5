import { expect, test } from 'vitest';
import { moneyOf } from './money.js';

test.each([
  [2_000, 'EUR', '€20.00'],
  [5, 'EUR', '€0.05'],
  [-1_999, 'USD', '-$19.99'],
  [1_500, 'JPY', '¥1,500'],
  [1_234, 'KWD', 'KWD 1.234'],
  [1_999, 'RSD', 'RSD 19.99'],
  [100_000, 'ISK', 'ISK 1,000.00'],
  [1_500, 'MGA', 'MGA 1,500'],
  [900_719_925_474_099, 'EUR', '€9,007,199,254,740.99'],
])('%d of the smallest unit of %s are written %s', (amountMinor, currency, text) => {
  expect(moneyOf({ amountMinor, currency }).replaceAll('\u00a0', ' ')).toBe(text);
});
