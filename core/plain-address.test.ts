import { expect, test } from 'vitest';
import { plainAddress } from './plain-address.js';

test('an address has one spelling, however it was written', () => {
  for (const written of ['2001:DB8:0::1', '2001:db8:0:0:0:0:0:1', '2001:0db8::0001']) {
    expect(plainAddress(written)).toBe('2001:db8::1');
  }
  expect(plainAddress('192.0.2.1')).toBe('192.0.2.1');
});
