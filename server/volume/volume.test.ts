import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { publicId } from '@apployd/core/id';
import { mostVolumes } from '@apployd/core/volume';
import { ask, issues, mutate } from '../testing/client.js';
import {
  aDeployment,
  aPerson,
  aProject,
  aSlice,
  onPlan,
  uuid,
  type MadeProject,
  type Person,
} from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let person: Person;
let shop: MadeProject;
beforeAll(async () => {
  server = await testServer();
  person = await aPerson(server);
  await onPlan(server, person, 'BUSINESS');
});
afterAll(() => server.close());
beforeEach(async () => {
  const resources = { ...aSlice, memoryBytes: 4 * aSlice.memoryBytes, cpuMillicores: 400 };
  shop = await aProject(server, person, { resources });
});

const state = '... on InvalidStateError { currentState }';
const shown = 'volume { id name mountPath variable deletesAt }';
const create = (name: string, mountPath: string) =>
  mutate(
    server,
    person.token,
    'volumeCreate',
    { environmentId: shop.environmentId, name, mountPath },
    `... on VolumeCreatePayload { ${shown} } ${issues} ${state} ... on PlanLimitError { limit }`,
  );
const remove = (volumeId: string, confirmName: string) =>
  mutate(
    server,
    person.token,
    'volumeDelete',
    { volumeId, confirmName },
    `... on VolumeDeletePayload { ${shown} } ${issues} ${state}`,
  );
const restore = (volumeId: string) =>
  mutate(server, person.token, 'volumeRestore', { volumeId }, `... on VolumeRestorePayload { ${shown} } ${state}`);
const setInstances = (instances: number) =>
  mutate(server, person.token, 'environmentUpdate', { environmentId: shop.environmentId, instances }, state);

async function strategyOf(deploymentId: string) {
  const document = 'query ($id: ID!) { deployment(id: $id) { strategy } }';
  const { data } = await ask(server, document, { id: publicId('Deployment', deploymentId) }, { token: person.token });
  return data.deployment.strategy;
}

test('a volume is made, shown with what tells the app where it is, and has deployments stop first', async () => {
  const deployment = await aDeployment(server, shop);
  expect(await strategyOf(deployment)).toBe('BESIDE');
  const { volume } = await create('pg-data', '/var/lib/postgresql/data');
  expect(volume).toMatchObject({ name: 'pg-data', variable: 'APPLOYD_VOLUME_PG_DATA', deletesAt: null });
  expect(await strategyOf(deployment)).toBe('STOP_FIRST');
  await server.db.deployment.update({ where: { id: deployment }, data: { stopsFirst: false } });
  expect(await strategyOf(deployment)).toBe('BESIDE');
  const document = 'query ($id: ID!) { environment(id: $id) { volumes { name mountPath } } }';
  const { data } = await ask(server, document, { id: shop.environmentId }, { token: person.token });
  expect(data.environment.volumes).toEqual([{ name: 'pg-data', mountPath: '/var/lib/postgresql/data' }]);
});

test.each([
  ['..', '/data', 'name INVALID_FORMAT'],
  ['data', '/', 'mountPath INVALID_FORMAT'],
  ['data', '/data/../etc', 'mountPath INVALID_FORMAT'],
  ['data', '/proc/1', 'mountPath INVALID_FORMAT'],
  ['data', '/data:ro', 'mountPath INVALID_FORMAT'],
])('a volume %j at %j is refused', async (name, mountPath, problem) => {
  const { issues: found } = await create(name, mountPath);
  expect(found.map(({ path, rule }: { path: string[]; rule: string }) => `${path.join('.')} ${rule}`)).toEqual([
    problem,
  ]);
});

test('names and paths are unique, none lies in another, and there are a few at most', async () => {
  await create('data', '/data');
  expect(await create('data', '/other')).toMatchObject({ code: 'CONFLICT' });
  for (const path of ['/data', '/data/inner']) expect(await create('more', path)).toMatchObject({ code: 'CONFLICT' });
  for (let n = 2; n <= mostVolumes; n += 1) await create(`data${n}`, `/data${n}`);
  expect(await create('more', '/more')).toMatchObject({ code: 'PLAN_LIMIT', limit: 'volumes' });
});

test('an environment with a volume runs one instance', async () => {
  await setInstances(2);
  expect(await create('data', '/data')).toMatchObject({ currentState: 'SEVERAL_INSTANCES' });
  await setInstances(1);
  const { volume } = await create('data', '/data');
  expect(await setInstances(2)).toMatchObject({ currentState: 'HAS_VOLUME' });
  await remove(volume.id, 'data');
  expect(await setInstances(2)).toMatchObject({ __typename: 'EnvironmentUpdatePayload' });
  expect(await restore(volume.id)).toMatchObject({ currentState: 'SEVERAL_INSTANCES' });
});

test('a volume is deleted by its name, can be restored until its time is over, and keeps its name meanwhile', async () => {
  const { volume } = await create('data', '/data');
  expect((await remove(volume.id, 'dat')).issues).toMatchObject([{ path: ['confirmName'] }]);
  const deleted = await remove(volume.id, 'data');
  expect(new Date(deleted.volume.deletesAt).getTime()).toBeGreaterThan(Date.now() + 71 * 3_600_000);
  expect(await remove(volume.id, 'data')).toMatchObject({ currentState: 'DELETING' });
  expect((await create('data', '/data')).message).toContain('Restore it');
  expect((await restore(volume.id)).volume.deletesAt).toBeNull();
  expect(await restore(volume.id)).toMatchObject({ currentState: 'ACTIVE' });
  await remove(volume.id, 'data');
  const over = { deletesAt: new Date(Date.now() - 1_000) };
  await server.db.volume.update({ where: { id: uuid(volume.id) }, data: over });
  expect(await restore(volume.id)).toMatchObject({ currentState: 'ERASING' });
});

test("another organization's volume does not exist", async () => {
  const { volume } = await create('data', '/data');
  const stranger = await aPerson(server);
  for (const [field, input] of [
    ['volumeDelete', { volumeId: volume.id, confirmName: 'data' }],
    ['volumeRestore', { volumeId: volume.id }],
  ] as const) {
    expect(await mutate(server, stranger.token, field, input, '')).toMatchObject({ code: 'NOT_FOUND' });
  }
});
