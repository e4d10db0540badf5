import { expect, test } from 'vitest';
import type { Limits } from '@apployd/backplane/limits/limits';
import { attempts } from './attempts.js';

/** Which buckets are asked for. */
async function bucketsFrom(address: string): Promise<readonly string[]> {
  const keys: string[] = [];
  const limits: Limits = {
    take: async (key) => {
      keys.push(key);
      return { granted: true, remaining: 1, retryAfterMs: 0 };
    },
    refund: async () => undefined,
    close: async () => undefined,
  };
  const { signUp, signIn, code, reset, link } = attempts(limits);
  await signUp({ address });
  await signIn({ address }, 'ada@example.com');
  await code({ address }, 'ada');
  await reset({ address }, 'ada@example.com');
  await link({ address });
  return keys;
}

test('no address is so long that a store of limits could not keep it', async () => {
  const keys: string[] = [];
  const take: Limits['take'] = async (key) => {
    keys.push(key);
    return { granted: true, remaining: 1, retryAfterMs: 0 };
  };
  const { signIn, reset } = attempts({ take, refund: async () => undefined, close: async () => undefined });
  await signIn({ address: '192.0.2.7' }, 'a'.repeat(100_000));
  await reset({ address: '192.0.2.7' }, 'a'.repeat(100_000));
  expect(Math.max(...keys.map((key) => key.length))).toBeLessThan(400);
});

test('another address of the same /64 of IPv6 gives no more tries, and one of another network does', async () => {
  const first = await bucketsFrom('2001:db8:1:2::7');
  expect(await bucketsFrom('2001:db8:1:2:ffff::8')).toEqual(first);
  expect(await bucketsFrom('2001:db8:1:3::7')).not.toEqual(first);
});

test('an address of IPv4 is the same in the writing of IPv6, and another one is another', async () => {
  expect(await bucketsFrom('::ffff:192.0.2.1')).toEqual(await bucketsFrom('192.0.2.1'));
  expect(await bucketsFrom('192.0.2.2')).not.toEqual(await bucketsFrom('192.0.2.1'));
});
