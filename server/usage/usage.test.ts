import { newId } from '@apployd/core/id';
import { hourOf, periodOf } from '@apployd/core/usage';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../testing/client.js';
import { aDeployment, aPerson, aProject, aToken, uuid, type MadeProject, type Person } from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';
import { monthTimeoutMs, timeLeftInMonth } from '../testing/time-left-in-month.js';

let now: Date;
let server: TestServer;
let person: Person;
let shop: MadeProject;
let blog: MadeProject;
beforeAll(async () => {
  await timeLeftInMonth();
  now = new Date();
  server = await testServer();
  person = await aPerson(server);
  [shop, blog] = [await aProject(server, person, { slug: 'shop' }), await aProject(server, person, { slug: 'blog' })];
  await month(shop, periodOf(now).start, 100);
  await month(blog, periodOf(now).start, 20);
  await month(shop, periodOf(new Date(periodOf(now).start.getTime() - 1)).start, 4_000);
  await hour(shop, 0, 100);
  await hour(shop, 1, 7);
  await hour(blog, 1, 20);
  await hour(shop, 500, 3);
}, monthTimeoutMs);
afterAll(() => server.close());

const month = (project: MadeProject, start: Date, bytes: number) =>
  server.db.usageMonth.create({
    data: { organizationId: uuid(person.organizationId), projectId: uuid(project.id), month: start, ...passed(bytes) },
  });
const hour = (project: MadeProject, ago: number, bytes: number) =>
  server.db.usageHour.create({
    data: {
      ...{ organizationId: uuid(person.organizationId), projectId: uuid(project.id), environmentId: newId() },
      ...{ hour: hoursBefore(now, ago), ...passed(bytes) },
    },
  });
const hoursBefore = (at: Date, ago: number) => new Date(hourOf(at).getTime() - ago * 3_600_000).toISOString();
const passed = (bytes: number) => ({ bytesIn: 1, bytesOut: bytes });

const usage = async (of: string, fields: string, token = person.token) => {
  const { data } = await ask(server, `{ found: ${of} { usage { ${fields} } } }`, {}, { token });
  return data.found.usage;
};
const organization = () => `organization(by: { id: "${person.organizationId}" })`;
const project = ({ id }: MadeProject) => `project(by: { id: "${id}" })`;

test('what all projects sent in the month is compared with the pool, and by project with the slice', async () => {
  const plan = await server.db.plan.findFirstOrThrow({
    where: { organizations: { some: { id: uuid(person.organizationId) } } },
  });
  const fields = 'periodStart periodEnd bytesIn bytesOut bandwidthBytes projects { projectId bytesOut }';
  expect(await usage(organization(), fields)).toEqual({
    periodStart: periodOf(now).start.toISOString(),
    periodEnd: periodOf(now).end.toISOString(),
    ...{ bytesIn: 2, bytesOut: 120, bandwidthBytes: Number(plan.bandwidthBytesPerMonth) },
    projects: [
      { projectId: shop.id, bytesOut: 100 },
      { projectId: blog.id, bytesOut: 20 },
    ],
  });
  const { bandwidthBytesPerMonth } = await server.db.allocation.findFirstOrThrow({
    where: { projectId: uuid(shop.id) },
  });
  expect(await usage(project(shop), 'bytesOut bandwidthBytes')).toEqual({
    ...{ bytesOut: 100, bandwidthBytes: Number(bandwidthBytesPerMonth) },
  });
});

test('a series has every hour and day until now, and no other project in it', async () => {
  const before = hourOf(new Date());
  const hours = await usage(organization(), 'series(step: HOUR, last: 4) { at bytesOut }');
  // An hour may have ended since the rows were made, or while this was asked.
  const last = new Date(hours.series.at(-1).at);
  expect([before, hourOf(new Date())]).toContainEqual(last);
  const sent = new Map([
    [hoursBefore(now, 0), 100],
    [hoursBefore(now, 1), 27],
  ]);
  const ats = [3, 2, 1, 0].map((ago) => hoursBefore(last, ago));
  expect(hours.series).toEqual(ats.map((at) => ({ at, bytesOut: sent.get(at) ?? 0 })));
  const days = await usage(project(shop), 'series(step: DAY, last: 30) { bytesIn bytesOut }');
  expect(days.series).toHaveLength(30);
  expect(days.series.reduce((sum: number, point: { bytesOut: number }) => sum + point.bytesOut, 0)).toBe(110);
});

test('what the running instances of an environment and of its project use is summed up, without what was not looked at for long', async () => {
  const { db } = server;
  const deploymentId = await aDeployment(server, shop);
  const processId = (await db.process.findFirstOrThrow({ where: { environmentId: uuid(shop.environmentId) } })).id;
  const id = newId();
  await db.server.create({
    data: { id, name: id, runtime: 'docker', memoryBytes: 1n, cpuMillicores: 1, heartbeatAt: now },
  });
  const used = (usedAt: Date, state: 'RUNNING' | 'STOPPED' = 'RUNNING', environmentId = uuid(shop.environmentId)) =>
    db.instance.create({
      data: {
        ...{ id: newId(), organizationId: uuid(person.organizationId), environmentId },
        ...{ processId, deploymentId, serverId: id, state, usedAt, usedMemoryBytes: 100n, usedCpuMillicores: 20 },
      },
    });
  const fields = '{ inUse { memoryBytes cpuMillicores at } }';
  const asked = `{ environment(id: "${shop.environmentId}") ${fields} project(by: { id: "${shop.id}" }) ${fields} }`;
  const look = async (token = person.token) => (await ask(server, asked, {}, { token })).data;
  const inUse = async () => (await look()).environment.inUse;
  await used(new Date(Date.now() - 600_000));
  await used(new Date(), 'STOPPED');
  expect(await inUse()).toBeNull();
  const first = new Date(Date.now() - 30_000);
  await used(first);
  await used(new Date());
  const production = { memoryBytes: 200, cpuMillicores: 40, at: first.toISOString() };
  expect(await look()).toEqual({ environment: { inUse: production }, project: { inUse: production } });

  const { projectId, ...ofProject } = await db.environment.findFirstOrThrow({
    where: { id: uuid(shop.environmentId) },
    select: { organizationId: true, projectId: true },
  });
  const staging = {
    id: newId(),
    ...ofProject,
    projectId,
    slug: 'staging',
    kind: 'STAGING',
    hostname: 'shop-staging',
  } as const;
  await db.environment.create({ data: staging });
  await used(new Date(), 'RUNNING', staging.id);
  const both = { ...production, memoryBytes: 300, cpuMillicores: 60 };
  expect(await look()).toEqual({ environment: { inUse: production }, project: { inUse: both } });
  const token = await aToken(server, person, {
    ...{ scopes: ['PROJECT_READ'], projectId: uuid(shop.id), environmentId: uuid(shop.environmentId) },
  });
  expect((await look(token)).project.inUse).toEqual(production);
});

test('what all projects use is read in as many statements as what one uses', async () => {
  const statements = async (first: number) => {
    const before = server.statements();
    const asked = `{ ${organization()} { projects(first: ${first}) { nodes { slug inUse { memoryBytes } } } } }`;
    const { data } = await ask(server, asked, {}, { token: person.token });
    expect(data.organization.projects.nodes).toHaveLength(first);
    return server.statements() - before;
  };
  await statements(1);
  expect(await statements(2)).toBe(await statements(1));
});

test('nobody can ask for a series longer than is kept', async () => {
  const asked = `{ ${project(shop)} { usage { series(step: HOUR, last: 169) { at } } } }`;
  const { errors } = await ask(server, asked, {}, { token: person.token });
  expect(errors[0]).toMatchObject({ extensions: { code: 'PAGE_SIZE' } });
});

test('a token for one project sees what that one used, and nothing that others did', async () => {
  const token = await aToken(server, person, { scopes: ['ORG_READ', 'PROJECT_READ'], projectId: uuid(blog.id) });
  const fields = 'bytesIn bytesOut projects { projectId } series(step: DAY, last: 30) { bytesOut }';
  const own = await usage(project(blog), fields);
  const all = await usage(organization(), fields);
  const seen = await usage(organization(), fields, token);
  expect(seen).toEqual(own);
  expect([seen.bytesOut, seen.projects]).toEqual([20, [{ projectId: blog.id }]]);
  expect(all.bytesOut).toBe(120);
  expect(seen.series).not.toEqual(all.series);
});

test('a project and its environments say how they are held to the plan, why and until when', async () => {
  const fields = '{ bandwidthLimit { rule reason bytesPerSecond until } }';
  const limit = async (each: MadeProject) => {
    const query = `{ project(by: { id: "${each.id}" }) { bandwidthLimit { rule } productionEnvironment ${fields} } }`;
    return (await ask(server, query, {}, { token: person.token })).data.project;
  };
  expect(await limit(blog)).toEqual({ bandwidthLimit: null, productionEnvironment: { bandwidthLimit: null } });
  const { end } = periodOf(now);
  const held = { organizationId: uuid(person.organizationId), bytesOutBefore: 0n, since: now, until: end };
  const until = end.toISOString();
  await server.db.projectBandwidthLimit.createMany({
    data: [
      { ...held, projectId: uuid(shop.id), reason: 'SLICE', limit: { rule: 'STOP', until } },
      {
        ...{ ...held, projectId: uuid(blog.id), reason: 'POOL' },
        limit: { rule: 'THROTTLE', until, bytesPerSecond: 65_536 },
      },
    ],
  });
  expect([await limit(shop), await limit(blog)]).toEqual([
    {
      bandwidthLimit: { rule: 'STOP' },
      productionEnvironment: { bandwidthLimit: { rule: 'STOP', reason: 'SLICE', bytesPerSecond: null, until } },
    },
    {
      bandwidthLimit: { rule: 'THROTTLE' },
      productionEnvironment: { bandwidthLimit: { rule: 'THROTTLE', reason: 'POOL', bytesPerSecond: 65_536, until } },
    },
  ]);
});
