import { afterAll, beforeAll, expect, test } from 'vitest';
import { stripeApi, type StripeApi } from '@apployd/backplane/payments/testing/stripe-api';
import { stripeCatalogue } from '@apployd/backplane/payments/stripe-catalogue';
import { testDatabase, type TestDatabase } from '@apployd/prisma/test-database';
import { syncCatalogue } from './sync.js';

let database: TestDatabase;
let api: StripeApi;
beforeAll(async () => {
  [database, api] = await Promise.all([testDatabase(), stripeApi()]);
});
afterAll(async () => {
  await api.close();
  await database.close();
});

async function sync(options = { dryRun: false }): Promise<string[]> {
  const said: string[] = [];
  const catalogue = stripeCatalogue(api);
  await syncCatalogue({ db: database.db, catalogue, say: (line) => said.push(line) }, options);
  return said;
}
const price = (code: string, row: object) => database.db.plan.update({ where: { code }, data: row });
const forSale = async () =>
  (await stripeCatalogue(api).read()).map(({ planCode, interval, price: { amountMinor } }) => [
    planCode,
    interval,
    amountMinor,
  ]);

test('Stripe sells what the plans say, which is said before it is done, and done once', async () => {
  await price('HOBBY', { priceCurrency: 'EUR', monthlyPriceMinor: 500, yearlyPriceMinor: 5_000 });
  await price('PRO', { priceCurrency: 'EUR', monthlyPriceMinor: 2_000 });
  const lines = [
    'HOBBY by the month: 500 minor units of EUR',
    'HOBBY by the year: 5000 minor units of EUR',
    'PRO by the month: 2000 minor units of EUR',
  ];
  expect(await sync({ dryRun: true })).toEqual([...lines, 'Nothing was changed.']);
  expect(await forSale()).toEqual([]);
  expect(await sync()).toEqual([...lines, expect.stringMatching(/^Stripe sells what the plans say now/)]);
  expect(await forSale()).toEqual([
    ['HOBBY', 'MONTH', 500],
    ['HOBBY', 'YEAR', 5_000],
    ['PRO', 'MONTH', 2_000],
  ]);
  const asked = api.asked.length;
  expect(await sync()).toEqual([expect.stringMatching(/nothing is to be done/)]);
  expect(api.asked.slice(asked).filter((line) => line.startsWith('POST'))).toEqual([]);
});

test('what a plan costs no longer, or is called otherwise, follows', async () => {
  await price('HOBBY', { monthlyPriceMinor: 700, yearlyPriceMinor: null });
  await price('PRO', { isSelectable: false });
  expect((await sync()).slice(0, -1)).toEqual([
    'HOBBY by the month: 700 minor units of EUR, from 500 minor units of EUR',
    'HOBBY by the year: not for sale any more',
    'PRO by the month: not for sale any more',
  ]);
  await price('HOBBY', { name: 'Starter' });
  expect((await sync())[0]).toBe('HOBBY: its name becomes Starter, from Hobby');
  expect(await forSale()).toEqual([['HOBBY', 'MONTH', 700]]);
});
