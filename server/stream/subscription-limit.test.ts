import { expect, test } from 'vitest';
import { subscriptionLimit } from './subscription-limit.js';

test('100 of one principal and 500 of an organization may be open, not one more, and each that ends makes room', () => {
  const { enter } = subscriptionLimit();
  const times = (count: number, principalId: string, organizationId = 'acme') =>
    Array.from({ length: count }, () => enter({ principalId, organizationId }));
  const [first] = times(100, 'ada');
  expect(() => times(1, 'ada')).toThrow(/At most 100/);
  for (const principal of ['grace', 'joan', 'anna', 'kate']) times(100, principal);
  expect(() => times(1, 'mary')).toThrow(/At most 500/);
  times(1, 'mary', 'another');
  first?.();
  // What ended twice has ended once.
  first?.();
  times(1, 'mary');
  expect(() => times(1, 'mary')).toThrow(/At most 500/);
});
