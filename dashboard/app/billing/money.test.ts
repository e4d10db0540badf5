import { expect, test } from 'vitest';
import { amountOf, minorOf, moneyOf } from './money.js';

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

test.each([
  ['20', 'EUR', 2_000],
  ['19.9', 'EUR', 1_990],
  [' 0.05 ', 'USD', 5],
  ['1500', 'JPY', 1_500],
  ['1.234', 'KWD', 1_234],
  // As a float this is 113.99999999999999.
  ['1.14', 'EUR', 114],
])('%s %s are %d of its smallest unit', (typed, currency, minor) => {
  expect(minorOf(typed, currency)).toBe(minor);
});

test.each([
  ['19.999', 'EUR'],
  ['15.5', 'JPY'],
  ['1,000', 'EUR'],
  ['-5', 'EUR'],
  ['1e3', 'EUR'],
  ['.5', 'EUR'],
  ['', 'EUR'],
  ['much', 'EUR'],
])('%j %s is no amount', (typed, currency) => {
  expect(minorOf(typed, currency)).toBeNull();
});

test.each([
  [2_000, 'EUR', '20.00'],
  [5, 'USD', '0.05'],
  [1_500, 'JPY', '1500'],
  [1_234, 'KWD', '1.234'],
])('%d of the smallest unit of %s are typed %s', (amountMinor, currency, typed) => {
  expect(amountOf({ amountMinor, currency })).toBe(typed);
  expect(minorOf(typed, currency)).toBe(amountMinor);
});
