import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ruleBeginsAtBytes, countOverage, gigabyteBytes, readOveragePrice, wholeGigabytes } from './overage.js';

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

test('whatever is sent and whichever pool there is, never less is charged than before, and never more than the cap', () => {
  const look = fc.record({ sent: fc.nat(1_000), poolBytes: fc.nat(2_000) });
  fc.assert(
    fc.property(fc.array(look, { maxLength: 30 }), fc.nat(3_000), (looks, capBytes) => {
      let [counted, bytesOut] = [nothing, 0];
      for (const { sent, poolBytes } of looks) {
        bytesOut += sent;
        const next = countOverage(counted, { month: june, bytesOut, poolBytes, capBytes });
        expect(next.overBytes).toBeGreaterThanOrEqual(counted.overBytes);
        expect(next.overBytes - counted.overBytes).toBeLessThanOrEqual(sent);
        expect(next.overBytes).toBeLessThanOrEqual(capBytes);
        counted = next;
      }
    }),
  );
});

test('a price is whole units of a currency, and gigabytes are whole ones', () => {
  expect(readOveragePrice('5 EUR')).toEqual({ amountMinor: 5, currency: 'EUR' });
  for (const text of [undefined, '', '0 EUR', '1.5 EUR', '5 euros', '5EUR']) expect(readOveragePrice(text)).toBeNull();
  expect(wholeGigabytes(2 * gigabyteBytes - 1)).toBe(1);
});
