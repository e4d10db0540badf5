import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stripeApi, type StripeApi } from '@apployd/backplane/payments/testing/stripe-api';
import { repositoryRoot } from '@apployd/launch/rooms';
import { testDatabase, type TestDatabase } from '@apployd/prisma/test-database';
import { ensureBuilt } from '../ensure-built.js';

let database: TestDatabase;
let stripe: StripeApi;
beforeAll(async () => {
  await ensureBuilt();
  [database, stripe] = await Promise.all([testDatabase(), stripeApi()]);
}, 300_000);
afterAll(async () => {
  await stripe?.close();
  await database?.close();
});

const run = promisify(execFile);

/** `npm run billing:sync`, as the operator runs it; what it says, line by line. */
async function sync(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const { stdout } = await run('npm', ['run', '--silent', 'billing:sync', '--', ...args], {
    cwd: repositoryRoot(),
    env: {
      ...process.env,
      DATABASE_URL: database.url,
      STRIPE_API_URL: stripe.url,
      STRIPE_SECRET_KEY: stripe.secretKey,
      ...env,
    },
  });
  return stdout.trim().split('\n');
}
const price = (code: string, row: object) => database.db.plan.update({ where: { code }, data: row });
const writes = () => stripe.asked.filter((line) => line.startsWith('POST')).length;

test('billing:sync says what differs, makes it so once, and shows a price that has changed since', async () => {
  await price('HOBBY', { priceCurrency: 'EUR', monthlyPriceMinor: 500, yearlyPriceMinor: 5_000 });
  const lines = ['HOBBY by the month: 500 minor units of EUR', 'HOBBY by the year: 5000 minor units of EUR'];
  expect(await sync(['--dry-run'])).toEqual([...lines, 'Nothing was changed.']);
  expect(writes()).toBe(0);
  const made = 'Stripe sells what the plans say now. Who has a subscription keeps its price.';
  expect(await sync()).toEqual([...lines, made]);
  const once = writes();
  expect(await sync()).toEqual(['Stripe sells what the plans say: nothing is to be done.']);
  expect(writes()).toBe(once);
  await price('HOBBY', { monthlyPriceMinor: 700 });
  expect(await sync()).toEqual(['HOBBY by the month: 700 minor units of EUR, from 500 minor units of EUR', made]);
  const sold = [...stripe.world.prices.values()].filter(({ active }) => active);
  expect(sold.map(({ lookup_key: key, unit_amount: amount }) => [key, amount])).toEqual([
    ['apployd_hobby_yearly', 5_000],
    ['apployd_hobby_monthly', 700],
  ]);
}, 120_000);

test('billing:sync sells bandwidth beyond the pool by a meter, where it has a price', async () => {
  const env = { BILLING_OVERAGE_PRICE: '5 EUR' };
  const line = 'bandwidth beyond the pool, a gigabyte: 5 minor units of EUR';
  expect(await sync([], env)).toContain(line);
  expect(await sync([], env)).toEqual(['Stripe sells what the plans say: nothing is to be done.']);
  const metered = [...stripe.world.prices.values()].filter(({ recurring }) => recurring.usage_type === 'metered');
  expect(metered.map(({ recurring: { interval } }) => interval)).toEqual(['month', 'year']);
  expect([...stripe.world.meters.values()]).toMatchObject([{ event_name: 'apployd_bandwidth_gigabytes' }]);
  expect(await sync()).toContain('bandwidth beyond the pool: not for sale any more');
}, 120_000);

test('billing:sync without a key, or with one that Stripe does not know, says so and changes nothing', async () => {
  const before = stripe.asked.length;
  await expect(sync([], { STRIPE_SECRET_KEY: '' })).rejects.toMatchObject({ code: 1, stderr: /STRIPE_SECRET_KEY/ });
  expect(stripe.asked.length).toBe(before);
  const wrong = sync([], { STRIPE_SECRET_KEY: 'sk_test_of_somebody_else' });
  await expect(wrong).rejects.toMatchObject({ code: 1, stderr: /billing:sync: .*Invalid API Key/ });
}, 60_000);
