import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  capInForce,
  countOverage,
  gigabyteBytes,
  overageOffer,
  readOveragePrice,
  ruleBeginsAtBytes,
  wholeGigabytes,
} from './overage.js';

const [june, july] = [new Date('2027-06-01T00:00:00Z'), new Date('2027-07-01T00:00:00Z')];
const nothing = { month: june, seenBytes: 0, overBytes: 0 };

test("the plan's rule begins at the pool, and at the cap where more is bought", () => {
  expect(ruleBeginsAtBytes(100, null)).toBe(100);
  expect(ruleBeginsAtBytes(100, 50)).toBe(150);
});

test('what is sent beyond the pool counts up to the cap, and not what was sent before it was bought', () => {
  const rule = { month: june, poolBytes: 100, capBytes: 50 };
  expect(countOverage(nothing, { ...rule, bytesOut: 120 })).toEqual({ month: june, seenBytes: 120, overBytes: 20 });
  expect(countOverage(nothing, { ...rule, bytesOut: 500 }).overBytes).toBe(50);
  const late = { month: june, seenBytes: 130, overBytes: 0 };
  expect(countOverage(late, { ...rule, bytesOut: 140 }).overBytes).toBe(10);
  expect(countOverage(late, { ...rule, month: july, bytesOut: 90 })).toEqual({
    month: july,
    seenBytes: 90,
    overBytes: 0,
  });
});

test('a smaller pool within the month charges nothing of what was sent under the larger one', () => {
  const before = countOverage(nothing, { month: june, poolBytes: 1_000, capBytes: 500, bytesOut: 900 });
  expect(countOverage(before, { month: june, poolBytes: 100, capBytes: 500, bytesOut: 910 }).overBytes).toBe(10);
});

test('a month that is over changes nothing when it is looked at again', () => {
  const now = { month: july, seenBytes: 120, overBytes: 20 };
  expect(countOverage(now, { month: june, poolBytes: 0, capBytes: 500, bytesOut: 900 })).toBe(now);
});

test('whatever is sent, whichever pool and cap there are and whichever month is looked at, never more is charged than was sent and bought', () => {
  const months = [june, july, new Date('2027-08-01T00:00:00Z')];
  const cap = fc.oneof(fc.constant(0), fc.nat(3_000));
  const look = fc.record({ sent: fc.nat(1_000), poolBytes: fc.nat(2_000), capBytes: cap, index: fc.nat(2) });
  fc.assert(
    fc.property(fc.array(look, { maxLength: 30 }), (looks) => {
      let counted = nothing;
      const sentIn = new Map<Date, number>();
      let buyable = 0;
      for (const { sent, poolBytes, capBytes, index } of looks) {
        const month = months[index] ?? june;
        const bytesOut = (sentIn.get(month) ?? 0) + sent;
        sentIn.set(month, bytesOut);
        const next = countOverage(counted, { month, bytesOut, poolBytes, capBytes });
        if (month < counted.month) {
          expect(next).toEqual(counted);
          continue;
        }
        const isSame = month.getTime() === counted.month.getTime();
        const before = isSame ? counted : { month, seenBytes: 0, overBytes: 0 };
        const isNew = bytesOut - before.seenBytes;
        buyable = (isSame ? buyable : 0) + (capBytes > 0 ? isNew : 0);
        expect(next).toMatchObject({ month, seenBytes: bytesOut });
        expect(next.overBytes).toBeGreaterThanOrEqual(before.overBytes);
        expect(next.overBytes - before.overBytes).toBeLessThanOrEqual(isNew);
        expect(next.overBytes).toBeLessThanOrEqual(Math.max(before.overBytes, capBytes));
        // Nothing of what was sent while none was bought.
        expect(next.overBytes).toBeLessThanOrEqual(buyable);
        counted = next;
      }
    }),
  );
});

test('nothing may be bought while a payment is owed, without a key, or by a customer of the other mode', () => {
  const payer = { isLive: true, status: 'ACTIVE' } as const;
  expect(capInForce(10, payer, true)).toBe(10 * gigabyteBytes);
  expect(capInForce(10, { ...payer, status: 'TRIALING' }, true)).toBe(10 * gigabyteBytes);
  for (const status of [null, 'PAST_DUE', 'PAUSED', 'INCOMPLETE', 'CANCELED'] as const) {
    expect(capInForce(10, { ...payer, status }, true), String(status)).toBeNull();
  }
  const others = [capInForce(null, payer, true), capInForce(10, null, true), capInForce(10, payer, false)];
  expect([...others, capInForce(10, payer, null), capInForce(10, null, null)]).toEqual([null, null, null, null, null]);
});

test('who pays can buy bandwidth beyond the pool where it is sold, and more of it where some is bought', () => {
  const [price, payer] = [{ amountMinor: 5, currency: 'EUR' }, { isLive: true, status: 'ACTIVE' } as const];
  const asking = { capGigabytes: null, payer, planCurrency: 'EUR' };
  expect(overageOffer(asking, price, true)).toBe('BUY');
  expect(overageOffer({ ...asking, capGigabytes: 10 }, null, true)).toBe('RAISE');
  expect(overageOffer(asking, null, true)).toBeNull();
  expect(overageOffer({ ...asking, planCurrency: 'USD' }, price, true)).toBeNull();
  expect(overageOffer({ ...asking, payer: { ...payer, status: 'PAST_DUE' } }, price, true)).toBeNull();
});

test('a price is whole units of a currency, and gigabytes are whole ones', () => {
  expect(readOveragePrice('5 EUR')).toEqual({ amountMinor: 5, currency: 'EUR' });
  for (const text of [undefined, '', '0 EUR', '1.5 EUR', '5 euros', '5EUR']) expect(readOveragePrice(text)).toBeNull();
  expect(wholeGigabytes(2 * gigabyteBytes - 1)).toBe(1);
});
