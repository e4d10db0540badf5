import { expect, test } from 'vitest';
import { changeBegins, type BillingInterval, type Paid } from './billing.js';

const paid = (
  planCode: string,
  position: number,
  amountMinor: number | null,
  interval: BillingInterval = 'MONTH',
  currency = 'EUR',
): Paid => ({
  ...{ planCode, position, interval },
  price: amountMinor === null ? null : { amountMinor, currency },
});

const pro = paid('PRO', 2, 2_000);

test.each<[string, Paid, Paid, 'NOW' | 'PERIOD_END']>([
  ['a dearer plan', pro, paid('BUSINESS', 3, 5_000), 'NOW'],
  ['a cheaper plan', pro, paid('HOBBY', 1, 500), 'PERIOD_END'],
  ['a larger plan that costs less', pro, paid('BUSINESS', 3, 1_500), 'PERIOD_END'],
  ['a smaller plan that costs more', pro, paid('HOBBY', 1, 2_500), 'NOW'],
  [
    'a year that costs less than twelve months, of a larger plan',
    pro,
    paid('BUSINESS', 3, 23_999, 'YEAR'),
    'PERIOD_END',
  ],
  ['a year that costs more than twelve months, of a smaller plan', pro, paid('HOBBY', 1, 24_001, 'YEAR'), 'NOW'],
  ['months that cost more than the year', paid('PRO', 2, 20_000, 'YEAR'), paid('HOBBY', 1, 1_700), 'NOW'],
  ['the same plan by the year', pro, paid('PRO', 2, 20_000, 'YEAR'), 'NOW'],
  ['the same plan by the month', paid('PRO', 2, 20_000, 'YEAR'), pro, 'PERIOD_END'],
  ['a larger plan at the same price', pro, paid('BUSINESS', 3, 2_000), 'NOW'],
  ['a larger plan in another currency', pro, paid('BUSINESS', 3, 1, 'MONTH', 'USD'), 'NOW'],
  ['a smaller plan than one whose price is not known', paid('PRO', 2, null), paid('HOBBY', 1, 9_999), 'PERIOD_END'],
])('when %s begins', (_, now, next, begins) => {
  expect(changeBegins(now, next)).toBe(begins);
});
