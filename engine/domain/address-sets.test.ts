import { expect, test } from 'vitest';
import { isPublic } from './address-sets.js';

test.each([
  ...['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '224.0.0.1'],
  ...['255.255.255.255', '198.51.100.7', '::1', '::', 'fe80::1', 'fd00::1', 'ff02::1', '2001:db8::1', '2002:7f00:1::'],
  ...['::ffff:127.0.0.1', '64:ff9b::7f00:1', '2001::1'],
])('%s is no address of the public internet', (address) => {
  expect(isPublic(address)).toBe(false);
});

test.each(['1.1.1.1', '104.16.0.1', '172.32.0.1', '2606:4700::1111', '2a00:1450:4001::1'])('%s is', (address) => {
  expect(isPublic(address)).toBe(true);
});
