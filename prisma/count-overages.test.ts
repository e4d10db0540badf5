import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { gigabyteBytes } from '@apployd/core/overage';
import { countOverages } from './count-overages.js';
import type { Transaction } from './create-db.js';
import { testDatabase, type TestDatabase } from './test-database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const now = new Date('2027-06-03T00:00:00Z');
const month = new Date('2027-06-01T00:00:00Z');
const projects = 3;

/** Buyers on one plan, of which the first has sent so many gigabytes with each project beyond the pool, and each next one more. */
async function buyers(count: number): Promise<string[]> {
  const { db } = database;
  const plan = await db.plan.findUniqueOrThrow({ where: { code: 'PRO' } });
  const ids = Array.from({ length: count }, newId);
  await db.organization.createMany({ data: ids.map((id) => ({ id, slug: `o-${id}`, name: 'Acme', planId: plan.id })) });
  await db.billing.createMany({
    data: ids.map((organizationId) => ({
      ...{ organizationId, customerId: `cus_${organizationId}`, isLive: false, status: 'ACTIVE' },
    })),
  });
  const bought = { capGigabytes: 1_000, priceMinor: 5, priceCurrency: 'EUR' };
  await db.overage.createMany({ data: ids.map((organizationId) => ({ organizationId, month, ...bought })) });
  await db.usageMonth.createMany({
    data: ids.flatMap((organizationId, index) =>
      Array.from({ length: projects }, (_, project) => {
        const beyond = BigInt((index + 1) * gigabyteBytes);
        const bytesOut = project === 0 ? plan.bandwidthBytesPerMonth + beyond : beyond;
        return { organizationId, projectId: newId(), month, bytesOut };
      }),
    ),
  });
  return ids;
}

/** The transaction, and how often it is asked of what rows of its statements are about. */
function watched(tx: Transaction) {
  let looks = 0;
  const watch = (row: object) =>
    new Proxy(row, {
      get: (target, name, receiver): unknown => {
        if (name === 'organizationId') looks += 1;
        return Reflect.get(target, name, receiver);
      },
    });
  const $queryRaw = async (...asked: Parameters<Transaction['$queryRaw']>) =>
    (await tx.$queryRaw<object[]>(...asked)).map(watch);
  const get = (target: Transaction, name: string): unknown =>
    name === '$queryRaw' ? $queryRaw : Reflect.get(target, name);
  return { tx: new Proxy(tx, { get } as ProxyHandler<Transaction>), looks: () => looks };
}

test('many organizations are counted at once, each by its own projects, and none by a look at those of all others', async () => {
  const ids = await buyers(40);
  const looks = await database.db.$transaction(async (tx) => {
    const { tx: own, looks } = watched(tx);
    await countOverages(own, ids, { now, isLive: false });
    return looks();
  });
  const reports = await database.db.overageReport.findMany();
  const gigabytes = new Map(reports.map((report) => [report.organizationId, report.gigabytes]));
  expect(ids.map((id) => gigabytes.get(id))).toEqual(ids.map((_, index) => projects * (index + 1)));
  const rows = ids.length * (1 + projects);
  expect(looks).toBeLessThanOrEqual(2 * rows);
});
