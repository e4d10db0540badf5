import { expect, test } from 'vitest';
import { visitLimits } from './visit-limits.js';

const few = { perAddress: 2, open: 2, perEnvironment: 5 };

test('an address has so many in a window, all together have theirs, and the next window begins anew', () => {
  let time = 5_000;
  const { admit } = visitLimits(() => time);
  const from = (address: string) => admit('shop', address, few);
  expect([from('192.0.2.1'), from('192.0.2.1'), from('192.0.2.1')]).toEqual([true, true, false]);
  const others = ['192.0.2.2', '192.0.2.3', '192.0.2.4', '192.0.2.5'].map(from);
  expect(others).toEqual([true, true, true, false]);
  expect(admit('another', '192.0.2.1', few)).toBe(true);
  time += 10_000;
  expect(from('192.0.2.1')).toBe(true);
});

test('what one address is refused is not taken from the others, at its door or for what it has open', () => {
  const { admit, enter } = visitLimits(() => 0);
  for (let i = 0; i < 100; i += 1) admit('shop', '192.0.2.1', few);
  for (let i = 0; i < 2; i += 1) enter('shop', '192.0.2.2');
  for (let i = 0; i < 2; i += 1) admit('shop', '192.0.2.2', few);
  const others = ['192.0.2.3', '192.0.2.4', '192.0.2.5', '192.0.2.6'].map((each) => admit('shop', each, few));
  expect(others).toEqual([true, true, true, false]);
});

test('of IPv6 a network of 64 bits is one visitor, however its addresses are written', () => {
  const { admit } = visitLimits(() => 0);
  const from = (address: string) => admit('shop', address, { ...few, perEnvironment: 100 });
  expect([from('2001:db8::1'), from('2001:0db8:0:0:ffff::9'), from('2001:db8:0:0:1:2:192.0.2.1')]).toEqual([
    true,
    true,
    false,
  ]);
  expect([from('2001:db8:0:1::1'), from('::2'), from('1::')]).toEqual([true, true, true]);
});

test('so many may be open at a time, and what is over leaves its place once', () => {
  let time = 0;
  const { admit, enter } = visitLimits(() => (time += 10_000));
  const first = enter('shop', '192.0.2.1');
  enter('shop', '192.0.2.1');
  expect(admit('shop', '192.0.2.1', few)).toBe(false);
  first();
  first();
  expect(admit('shop', '192.0.2.1', few)).toBe(true);
  enter('shop', '192.0.2.1');
  expect(admit('shop', '192.0.2.1', few)).toBe(false);
});

test('this machine is a proxy that nobody declared: its visitors do not pay for each other', () => {
  const { admit, enter } = visitLimits(() => 0);
  for (let i = 0; i < 4; i += 1) enter('shop', '127.0.0.1');
  const asked = ['127.0.0.1', '::1', '127.0.0.1', '127.0.0.2'].map((address) => admit('shop', address, few));
  expect(asked).toEqual([true, true, true, true]);
});
