import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { latencyBucketOf, noLatencies } from '@apployd/core/latency';
import { summaryOf } from '@apployd/core/rollout';
import { openSql, type Sql } from '@apployd/prisma/open-sql';
import { testDatabase, type TestDatabase } from '@apployd/prisma/test-database';
import type { SideSample } from '../router/router.js';
import { reportSides } from './report-sides.js';
import { sideStore, type SideStore } from './side-store.js';

let database: TestDatabase;
let sql: Sql;
let store: SideStore;
let deploymentId: string;
beforeAll(async () => {
  database = await testDatabase();
  sql = openSql({ url: database.url, name: 'edge test' });
  store = sideStore(sql);
  deploymentId = await aRollout();
});
afterAll(async () => {
  await sql.close();
  await database.close();
});

async function aRollout(): Promise<string> {
  const { db } = database;
  const [organizationId, projectId, environmentId, id] = [newId(), newId(), newId(), newId()];
  const plan = { connect: { code: 'FREE' } };
  await db.organization.create({ data: { id: organizationId, name: 'Acme', slug: organizationId, plan } });
  await db.project.create({ data: { id: projectId, organizationId, name: 'Shop', slug: 'shop', settings: {} } });
  const environment = { id: environmentId, organizationId, projectId, slug: 'production' };
  await db.environment.create({ data: { ...environment, kind: 'PRODUCTION', hostname: 'shop.test' } });
  await db.deployment.create({ data: { id, organizationId, projectId, environmentId, number: 1, trigger: 'API' } });
  const at = new Date();
  const rollout = { deploymentId: id, organizationId, environmentId, settings: {}, percent: 5 };
  await db.rollout.create({ data: { ...rollout, startedAt: at, nextAt: at } });
  return id;
}

const answered = (isNew: boolean, count: number, errors: number, id = deploymentId): SideSample => {
  const latency = noLatencies();
  latency[latencyBucketOf(20)] = count;
  return { deploymentId: id, isNew, errors, latency };
};
const kept = async () => {
  const rows = await database.db.rolloutSide.findMany({ orderBy: [{ isNew: 'asc' }, { edgeId: 'asc' }] });
  return rows.map(({ isNew, errors, latency }) => {
    const { requests } = summaryOf({ errors: Number(errors), latency: latency as number[] });
    return { isNew, requests, errors: Number(errors) };
  });
};

test('what an edge has counted since it began is written down as a sum, however often, and those of no rollout are not', async () => {
  let next: SideSample[] = [answered(false, 10, 1), answered(true, 5, 0), answered(true, 7, 7, newId())];
  let isAway = false;
  const router = { sides: async () => next.splice(0) };
  const told = {
    set: (...call: Parameters<SideStore['set']>) => (isAway ? Promise.reject(new Error('away')) : store.set(...call)),
  };
  const report = reportSides(router, told, newId());
  await report();
  expect(await kept()).toEqual([
    { isNew: false, requests: 10, errors: 1 },
    { isNew: true, requests: 5, errors: 0 },
  ]);
  next = [answered(true, 20, 2)];
  isAway = true;
  await expect(report()).rejects.toThrow('away');
  isAway = false;
  next = [answered(true, 1, 0)];
  await report();
  await report();
  expect(await kept()).toEqual([
    { isNew: false, requests: 10, errors: 1 },
    { isNew: true, requests: 26, errors: 2 },
  ]);
});

test('each edge has figures of its own', async () => {
  await reportSides({ sides: async () => [answered(true, 3, 0)] }, store, newId())();
  expect((await kept()).filter(({ isNew }) => isNew)).toHaveLength(2);
});
