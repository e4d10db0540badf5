import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { newId } from '@apployd/core/id';
import { memoryEvents } from '@apployd/backplane/events/memory';
import { silentLogger } from '@apployd/backplane/log/logger';
import { openSql, type Sql } from '@apployd/prisma/open-sql';
import { testDatabase, type TestDatabase } from '@apployd/prisma/test-database';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sideStore } from '../rollout/side-store.js';
import { routeStore } from '../route-store.js';
import { embeddedRouter } from '../router/embedded.js';
import { startEdge } from '../start-edge.js';
import { ask } from '../testing/ask.js';
import { aPlatform, aRoute } from '../testing/bench.js';
import { startTarget } from '../testing/target.js';
import { usageStore, type UsageStore } from './usage-store.js';

let database: TestDatabase;
let sql: Sql;
let store: UsageStore;
let environmentId: string;
let projectId: string;
beforeAll(async () => {
  database = await testDatabase();
  sql = openSql({ url: database.url, name: 'edge test', connections: 4 });
  store = usageStore(sql);
});
afterAll(async () => {
  await sql.close();
  await database.close();
});
beforeEach(async () => {
  const { db } = database;
  const organizationId = newId();
  [projectId, environmentId] = [newId(), newId()];
  const plan = { connect: { code: 'FREE' } };
  await db.organization.create({ data: { id: organizationId, name: 'Acme', slug: organizationId, plan } });
  await db.project.create({ data: { id: projectId, organizationId, name: 'Shop', slug: 'shop', settings: {} } });
  await db.environment.create({
    data: {
      ...{ id: environmentId, organizationId, projectId, slug: 'production' },
      ...{ kind: 'PRODUCTION', hostname: `${environmentId}.test` },
    },
  });
});

const hour = (time: string) => new Date(`2026-${time}:00:00Z`);
const bytes = (time: string, bytesIn: number, bytesOut: number) => ({
  ...{ environmentId, hour: hour(time), bytesIn, bytesOut },
});

const hours = async () => {
  const rows = await database.db.usageHour.findMany({ where: { projectId }, orderBy: { hour: 'asc' } });
  return rows.map((row) => [row.hour, Number(row.bytesIn), Number(row.bytesOut)]);
};
const months = async () => {
  const rows = await database.db.usageMonth.findMany({ where: { projectId }, orderBy: { month: 'asc' } });
  return rows.map((row) => [row.month.toISOString().slice(0, 10), Number(row.bytesIn), Number(row.bytesOut)]);
};

test('hours add up to months in UTC, over bundles and edges', async () => {
  const spoolId = newId();
  await store.add('one', {
    ...{ spoolId, sequence: 1 },
    hours: [bytes('11-30T22', 1, 10), bytes('11-30T23', 2, 20), bytes('12-01T00', 4, 40)],
  });
  await store.add('one', { spoolId, sequence: 2, hours: [bytes('12-01T00', 8, 80)] });
  await store.add('two', { spoolId: newId(), sequence: 1, hours: [bytes('12-01T00', 16, 5_000_000_000)] });
  expect(await hours()).toEqual([
    [hour('11-30T22'), 1, 10],
    [hour('11-30T23'), 2, 20],
    [hour('12-01T00'), 28, 5_000_000_120],
  ]);
  expect(await months()).toEqual([
    ['2026-11-01', 3, 30],
    ['2026-12-01', 28, 5_000_000_120],
  ]);
});

test('a bundle that is brought again, at the same moment or later, counts once', async () => {
  const spoolId = newId();
  const bundle = { spoolId, sequence: 1, hours: [bytes('11-30T22', 1, 10)] };
  const brought = [store.add('one', bundle), store.add('one', bundle), store.add('one', bundle)];
  expect(await Promise.all(brought)).toEqual([true, true, true]);
  await store.add('one', { spoolId, sequence: 2, hours: [bytes('11-30T22', 1, 10)] });
  await store.add('one', bundle);
  expect(await hours()).toEqual([[hour('11-30T22'), 2, 20]]);
  expect(await months()).toEqual([['2026-11-01', 2, 20]]);
});

test('a bundle of a copy of the spool is told from one that is brought again, and adds nothing', async () => {
  const spoolId = newId();
  await store.add('one', { spoolId, sequence: 1, hours: [bytes('11-30T22', 1, 10)] });
  expect(await store.add('two', { spoolId, sequence: 1, hours: [bytes('11-30T22', 1, 11)] })).toBe(false);
  await store.add('one', { spoolId, sequence: 2, hours: [bytes('11-30T22', 1, 10)] });
  expect(await store.add('two', { spoolId, sequence: 1, hours: [bytes('11-30T22', 1, 10)] })).toBe(false);
  expect(await hours()).toEqual([[hour('11-30T22'), 2, 20]]);
});

test('what served an environment that is gone takes nothing from the others', async () => {
  const gone = { ...bytes('11-30T22', 1, 10), environmentId: newId() };
  await store.add('one', { spoolId: newId(), sequence: 1, hours: [gone, bytes('11-30T22', 1, 10)] });
  expect(await hours()).toEqual([[hour('11-30T22'), 1, 10]]);
});

test('an edge that closes has handed over all that passed until then, and counts on when it is started again', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'apployd-edge-'));
  const target = await startTarget((_req, res) => res.end(Buffer.alloc(100_000)));
  const visited = async () => {
    const router = embeddedRouter({ host: '127.0.0.1', port: 0, platform: aPlatform });
    const edge = await startEdge(
      {
        config: { APPLOYD_DATA: folder, EDGE_NAME: 'one', EDGE_PROBE_URL: undefined },
        ...{
          router,
          store: routeStore(sql),
          usage: store,
          sides: sideStore(sql),
          events: memoryEvents(),
          log: silentLogger,
        },
      },
      new AbortController().signal,
    );
    await router.apply([{ ...aRoute('app.test', target.address), environmentId }]);
    await ask(Number(new URL(edge.url).port), 'app.test');
    await edge.close();
    // A month may end between two visits.
    const { _sum } = await database.db.usageMonth.aggregate({ where: { projectId }, _sum: { bytesOut: true } });
    return Math.floor(Number(_sum.bytesOut) / 100_000);
  };
  expect([await visited(), await visited()]).toEqual([1, 2]);
  await target.kill();
  await rm(folder, { recursive: true });
});
