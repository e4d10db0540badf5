import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock, type Clock } from '@apployd/core/clock';
import { newId } from '@apployd/core/id';
import { hourOf } from '@apployd/core/usage';
import { memoryEvents } from '@apployd/backplane/events/memory';
import { createLogger, silentLogger } from '@apployd/backplane/log/logger';
import { openSql, type Sql } from '@apployd/prisma/open-sql';
import { testDatabase, type TestDatabase } from '@apployd/prisma/test-database';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { fakeRouter } from './router/fake.js';
import type { RouteChange, Router } from './router/router.js';
import { sideStore } from './rollout/side-store.js';
import { routeStore, type RouteStore } from './route-store.js';
import { routes } from './routes.js';
import { snapshotFile } from './snapshot.js';
import { startEdge } from './start-edge.js';
import { usageStore } from './usage/usage-store.js';

let database: TestDatabase;
let sql: Sql;
let store: RouteStore;
let environmentId: string;
let folder: string;
const cleanups: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  database = await testDatabase();
  sql = openSql({ url: database.url, name: 'edge test', connections: 8 });
  store = routeStore(sql);
});
afterAll(async () => {
  await sql.close();
  await database.close();
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'apployd-edge-'));
  environmentId = await anEnvironment();
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await database.db.route.deleteMany();
  await rm(folder, { recursive: true });
});

async function anEnvironment(): Promise<string> {
  const { db } = database;
  const [organizationId, projectId, id] = [newId(), newId(), newId()];
  const plan = { connect: { code: 'FREE' } };
  await db.organization.create({ data: { id: organizationId, name: 'Acme', slug: organizationId, plan } });
  await db.project.create({ data: { id: projectId, organizationId, name: 'Shop', slug: 'shop', settings: {} } });
  await db.environment.create({
    data: { id, organizationId, projectId, slug: 'production', kind: 'PRODUCTION', hostname: `${id}.test` },
  });
  return id;
}

/** As the engine does it: the version is taken under the lock of its one row. */
async function putRoute(hostname: string, ...targets: string[]): Promise<bigint> {
  return database.db.$transaction(async (tx) => {
    const { version } = await tx.routeVersion.upsert({
      where: { id: 1 },
      create: { id: 1, version: 1 },
      update: { version: { increment: 1 } },
    });
    const data = { environmentId, organizationId: environmentId, targets, version };
    await tx.route.upsert({ where: { hostname }, create: { hostname, ...data }, update: data });
    return version;
  });
}

type Options = { name?: string; store?: RouteStore; router?: Router; log?: typeof silentLogger; clock?: Clock };

async function anEdge(options: Options = {}) {
  const router = fakeRouter();
  const events = memoryEvents();
  const name = options.name ?? newId();
  const edge = await startEdge(
    {
      config: { APPLOYD_DATA: folder, EDGE_NAME: name, EDGE_PROBE_URL: 'http://edge.test:8080' },
      router: options.router ?? router,
      store: options.store ?? store,
      usage: usageStore(sql),
      sides: sideStore(sql),
      events,
      log: options.log ?? silentLogger,
      clock: options.clock,
    },
    new AbortController().signal,
  );
  let isOpen = true;
  const close = async () => {
    if (!isOpen) return;
    isOpen = false;
    await edge.close();
    await events.close();
  };
  cleanups.push(close);
  const row = () => database.db.edge.findUnique({ where: { name } });
  return { router, events, name, row, close, url: edge.url };
}

/** Waits until `look` finds what it looks for. */
async function eventually<T>(look: () => Promise<T> | T, isIt: (seen: T) => boolean): Promise<T> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const seen = await look();
    if (isIt(seen)) return seen;
    if (Date.now() > deadline) throw new Error(`Not in time; seen last: ${String(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A database that can be taken away and given back. */
function aStore() {
  let isGone = false;
  const away = (): never => {
    throw new Error('connect ECONNREFUSED');
  };
  const guarded = Object.fromEntries(
    Object.entries(store).map(([name, work]) => [
      name,
      async (...args: never[]) => (isGone ? away() : (work as (...args: never[]) => unknown)(...args)),
    ]),
  ) as RouteStore;
  return { store: guarded, take: () => (isGone = true), give: () => (isGone = false) };
}

test('routes that were there are in force before it serves', async () => {
  await putRoute('a.test', '127.0.0.1:1001');
  await putRoute('empty.test');
  const { router } = await anEdge();
  expect([router.visit('a.test'), router.visit('empty.test'), router.visit('b.test')]).toEqual([
    '127.0.0.1:1001',
    'NOBODY_HOME',
    'NO_ROUTE',
  ]);
});

test('a change is acknowledged once it is in force, and told', async () => {
  const edge = await anEdge();
  const stop = new AbortController();
  const hints = await edge.events.listen('route', 'applied', stop.signal);
  const version = await putRoute('a.test', '127.0.0.1:1001');
  edge.events.publish('route', environmentId);
  for await (const _ of hints) {
    const row = await edge.row();
    if (row && row.appliedVersion >= version) break;
  }
  stop.abort();
  expect(edge.router.visit('a.test')).toBe('127.0.0.1:1001');
  expect(await edge.row()).toMatchObject({ appliedVersion: version, url: 'http://edge.test:8080' });
});

test('a change is found without a hint', async () => {
  const edge = await anEdge();
  await putRoute('a.test', '127.0.0.1:1001');
  await eventually(
    () => edge.router.visit('a.test'),
    (seen) => seen === '127.0.0.1:1001',
  );
});

test('of many changes at once none is skipped, and versions are applied in order', async () => {
  const router = fakeRouter();
  const seen: bigint[] = [];
  const watching: Router = {
    ...router,
    apply: async (changes: readonly RouteChange[]) => {
      seen.push(...changes.map((change) => (change as RouteChange & { version: bigint }).version));
      await router.apply(changes);
    },
  };
  const edge = await anEdge({ router: watching });
  const writers = Array.from({ length: 6 }, async (_, writer) => {
    for (let i = 0; i < 25; i += 1) {
      await putRoute(`${writer}-${i % 5}.test`, `127.0.0.1:${1000 + i}`);
      edge.events.publish('route', environmentId);
    }
  });
  await Promise.all(writers);
  const newest = await store.newest();
  await eventually(edge.row, (row) => row?.appliedVersion === newest);
  expect(seen).toEqual(seen.toSorted((a, b) => Number(a - b)));
  expect(new Set(seen).size).toBe(seen.length);
  for (let writer = 0; writer < 6; writer += 1) {
    for (let slot = 0; slot < 5; slot += 1)
      expect(router.visit(`${writer}-${slot}.test`)).toBe(`127.0.0.1:${1020 + slot}`);
  }
});

test('more routes than fit a page are all followed', async () => {
  const version = await store.newest();
  await database.db.routeVersion.upsert({
    where: { id: 1 },
    create: { id: 1, version: version + 1200n },
    update: { version: version + 1200n },
  });
  const organizationId = environmentId;
  await database.db.route.createMany({
    data: Array.from({ length: 1200 }, (_, i) => ({
      hostname: `${i}.test`,
      environmentId,
      organizationId,
      targets: [`127.0.0.1:${2000 + i}`],
      version: version + BigInt(i) + 1n,
    })),
  });
  const edge = await anEdge();
  for (let i = 0; i < 1200; i += 1) expect(edge.router.visit(`${i}.test`)).toBe(`127.0.0.1:${2000 + i}`);
  await eventually(edge.row, (row) => row?.appliedVersion === version + 1200n);
});

test('a malformed target does not keep other routes from being followed', async () => {
  await putRoute('bad.test', 'nonsense', '127.0.0.1:1002');
  await putRoute('a.test', '127.0.0.1:1001');
  const edge = await anEdge();
  expect([edge.router.visit('a.test'), edge.router.visit('bad.test')]).toEqual(['127.0.0.1:1001', '127.0.0.1:1002']);
});

test('redirects of a row are followed, kept for a start without the database, and left out where they make no sense', async () => {
  const redirects = [{ from: '/old', to: '/new', permanent: true }];
  await putRoute('a.test', '127.0.0.1:1001');
  await putRoute('b.test', '127.0.0.1:1002');
  await database.db.route.update({ where: { hostname: 'a.test' }, data: { redirects } });
  await database.db.route.update({ where: { hostname: 'b.test' }, data: { redirects: [{ from: 'x' }] } });
  const edge = await anEdge();
  expect(edge.router.visit('a.test', '/old')).toBe('308 /new');
  expect(edge.router.visit('b.test', '/old')).toBe('127.0.0.1:1002');
  await edge.close();
  expect(await snapshotFile(path.join(folder, 'edge', 'routes.json')).load()).toMatchObject({
    routes: expect.arrayContaining([expect.objectContaining({ hostname: 'a.test', redirects })]) as unknown,
  });
});

test('a route whose environment was deleted is forgotten when the edge starts again', async () => {
  await putRoute('a.test', '127.0.0.1:1001');
  const first = await anEdge();
  await first.close();
  await database.db.environment.delete({ where: { id: environmentId } });
  const second = await anEdge();
  expect(second.router.visit('a.test')).toBe('NO_ROUTE');
});

test('it serves from the snapshot while the database is gone, and follows again once it is back', async () => {
  await putRoute('a.test', '127.0.0.1:1001');
  await (await anEdge()).close();
  const away = aStore();
  away.take();
  const edge = await anEdge({ store: away.store });
  expect(edge.router.visit('a.test')).toBe('127.0.0.1:1001');
  const version = await putRoute('a.test', '127.0.0.1:1002');
  away.give();
  await eventually(
    () => edge.router.visit('a.test'),
    (seen) => seen === '127.0.0.1:1002',
  );
  await eventually(edge.row, (row) => row?.appliedVersion === version);
});

test('losing the database later takes nothing away', async () => {
  await putRoute('a.test', '127.0.0.1:1001');
  const away = aStore();
  const edge = await anEdge({ store: away.store });
  await eventually(edge.row, (row) => row !== null);
  away.take();
  edge.events.publish('route', environmentId);
  const version = await putRoute('a.test', '127.0.0.1:1002');
  expect(edge.router.visit('a.test')).toBe('127.0.0.1:1001');
  away.give();
  await eventually(edge.row, (row) => row?.appliedVersion === version);
  expect(edge.router.visit('a.test')).toBe('127.0.0.1:1002');
});

test.each([
  ['cut short', (text: string) => text.slice(0, -20)],
  ['changed', (text: string) => text.replace('127.0.0.1:1001', '127.0.0.1:6666')],
  ['of another kind', () => '{"routes":[]}'],
  ['empty', () => ''],
])('a snapshot that is %s is ignored, and said to be', async (_, spoil) => {
  await putRoute('a.test', '127.0.0.1:1001');
  await (await anEdge()).close();
  const file = path.join(folder, 'edge', 'routes.json');
  await writeFile(file, spoil(await readFile(file, 'utf8')));
  const lines: string[] = [];
  const log = createLogger({ name: 'edge', level: 'error', format: 'json', write: (line) => lines.push(line) });
  const edge = await anEdge({ log });
  expect(edge.router.visit('a.test')).toBe('127.0.0.1:1001');
  expect(lines.join('')).toContain('the snapshot of the routes is of no use');
});

test('an edge tells of visitors only until before it asked who is served: who ends meanwhile is told of by the next', async () => {
  const router = fakeRouter();
  const name = 'reporter';
  const told = () => database.db.edge.findUnique({ where: { name } });
  let askedAt: Date | null = null;
  let goOn: (() => void) | undefined;
  const looked = new Promise<void>((resolve) => (goOn = resolve));
  const traffic = async () => {
    // The first report is looked at before there is a second.
    if (await told()) await looked;
    const began = await store.now();
    // The database's clock has gone on once it is answered.
    askedAt = await eventually(store.now, (now) => now > began);
    return router.traffic();
  };
  await anEdge({ name, router: { ...router, traffic } });
  const row = await eventually(told, (seen) => seen !== null);
  goOn?.();
  expect(row?.reportedAt?.getTime()).toBeLessThan(askedAt!.getTime());
});

test('what passes while the database is away is counted on the disk, and told of once it is back', async () => {
  const away = aStore();
  const told: string[] = [];
  const active = async (ids: readonly string[]) => {
    await away.store.active(ids);
    told.push(...ids);
  };
  const router = fakeRouter();
  let passing = 0;
  const traffic = async (after = {}) => {
    const passed = { hostname: 'a.test', environmentId, hour: hourOf(new Date()), requests: 1, bytesIn: 1, open: 0 };
    const samples = passing > 0 ? [{ ...passed, bytesOut: passing }] : [];
    passing = 0;
    return { samples, mark: after };
  };
  const clock: Clock = { ...systemClock, sleep: (_, signal) => systemClock.sleep(5, signal) };
  const edge = await anEdge({ router: { ...router, traffic }, store: { ...away.store, active }, clock });
  await eventually(edge.row, (row) => row !== null);
  away.take();
  passing = 7_777;
  const spool = () => readFile(path.join(folder, 'edge', 'usage.json'), 'utf8').catch(() => '');
  await eventually(spool, (text) => text.includes('7777'));
  expect(told).toEqual([]);
  away.give();
  await eventually(
    () => told.length,
    (count) => count > 0,
  );
  expect(told).toEqual([environmentId]);
});

test('the row of an edge goes when it ends, so that nobody waits for it', async () => {
  const edge = await anEdge();
  await eventually(edge.row, (row) => row !== null);
  await edge.close();
  expect(await edge.row()).toBeNull();
});

test('an edge that was replaced does not take the row of its successor away', async () => {
  const old = await anEdge({ name: 'twin' });
  await eventually(old.row, (row) => row !== null);
  const { id } = (await old.row())!;
  const next = await anEdge({ name: 'twin' });
  await eventually(next.row, (row) => row !== null && row.id !== id);
  await store.leave(id);
  expect(await next.row()).not.toBeNull();
});

test('a sweep finds what was deleted and heals what went wrong, while catching up does not look back', async () => {
  const router = fakeRouter();
  const following = routes({ store, router, log: silentLogger });
  await putRoute('a.test', '127.0.0.1:1001');
  await putRoute('b.test', '127.0.0.1:1002');
  await following.sweep();
  await database.db.route.delete({ where: { hostname: 'a.test' } });
  await database.db.route.update({ where: { hostname: 'b.test' }, data: { targets: ['127.0.0.1:1003'] } });
  await following.catchUp();
  expect([router.visit('a.test'), router.visit('b.test')]).toEqual(['127.0.0.1:1001', '127.0.0.1:1002']);
  await following.sweep();
  expect([router.visit('a.test'), router.visit('b.test')]).toEqual(['NO_ROUTE', '127.0.0.1:1003']);
  await database.db.route.update({ where: { hostname: 'b.test' }, data: { asleep: true } });
  await following.sweep();
  expect(following.state().routes).toMatchObject([{ hostname: 'b.test', asleep: true }]);
});
