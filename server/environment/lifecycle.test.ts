import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mostEnvironments } from '@apployd/core/environment';
import { newId, publicId } from '@apployd/core/id';
import { MiB } from '@apployd/core/resources';
import { variableContext } from '@apployd/core/variable';
import { ask, issues, mutate } from '../testing/client.js';
import {
  aDeployment,
  aPerson,
  aProject,
  aRelease,
  aToken,
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
  shop = await aProject(server, person, { slug: `shop-${newId().slice(-8)}`, resources: slice(512) });
});

const slice = (mebibytes: number) => ({
  memoryBytes: mebibytes * MiB,
  cpuMillicores: 400,
  bandwidthBytesPerMonth: 0,
});
const state = '... on InvalidStateError { currentState }';
const quota = `... on QuotaExceededError { requested { memoryBytes } available { memoryBytes }
  violations { rule resource requested available } }`;
const others = '... on NotFoundError { targetId } ... on PlanLimitError { limit maximum current }';
const shown = `environment { id slug kind hostname deletesAt version limits { memoryBytes } variables { key value isSecret } }
  resizes { environment { id } how } replayed`;
const create = (input: object = {}, token = person.token) =>
  mutate(
    server,
    token,
    'environmentCreate',
    { projectId: shop.id, slug: 'staging', ...input },
    `... on EnvironmentCreatePayload { ${shown} } ${issues} ${quota} ${others}`,
  );
const remove = (environmentId: string, confirmSlug = 'staging') =>
  mutate(
    server,
    person.token,
    'environmentDelete',
    { environmentId, confirmSlug },
    `... on EnvironmentDeletePayload { ${shown} } ${issues} ${state}`,
  );
const restore = (environmentId: string) =>
  mutate(
    server,
    person.token,
    'environmentRestore',
    { environmentId },
    `... on EnvironmentRestorePayload { ${shown} } ${state} ${quota}`,
  );
const rowOf = (id: string) => server.db.environment.findUniqueOrThrow({ where: { id: uuid(id) } });
const memoryOf = async (id: string) =>
  Number((await server.db.process.findFirstOrThrow({ where: { environmentId: uuid(id) } })).memoryBytes) / MiB;
const place = (environmentId: string): MadeProject => ({ id: shop.id, environmentId });

/** Something live in it, on a server of its own. */
async function goLive(environmentId: string): Promise<string> {
  const row = { name: newId(), runtime: 'docker', memoryBytes: 1n, cpuMillicores: 1, heartbeatAt: new Date() };
  const { id: serverId } = await server.db.server.create({ data: { id: newId(), ...row } });
  const releaseId = await aRelease(server, shop);
  const live = { status: 'READY', serving: 'LIVE', serverId, releaseId } as const;
  const id = await aDeployment(server, place(environmentId), live);
  await server.db.environment.update({ where: { id: uuid(environmentId) }, data: { liveDeploymentId: id } });
  return id;
}

const eventsOf = async () => {
  const where = { streamId: uuid(shop.id) };
  return (await server.db.event.findMany({ where, orderBy: { sequence: 'asc' } })).map(({ type }) => type);
};

describe('environmentCreate', () => {
  test('makes a copy with an address of its own, which shares the slice with what runs already', async () => {
    await goLive(shop.environmentId);
    const { environment, resizes } = await create();
    const production = await rowOf(shop.environmentId);
    expect(environment).toMatchObject({ slug: 'staging', kind: 'STAGING', limits: { memoryBytes: 256 * MiB } });
    const [label = ''] = production.hostname.split('-ada');
    expect(environment.hostname).toMatch(new RegExp(`^${label}-staging-ada`));
    expect(resizes).toEqual([{ environment: { id: shop.environmentId }, how: 'LIVE_OR_REPLACE' }]);
    expect(await memoryOf(shop.environmentId)).toBe(256);
    expect(server.asked).toContain(`resize ${uuid(shop.environmentId)}`);
    expect(await eventsOf()).toEqual(['project.created', 'environment.created']);
    const { data } = await ask(
      server,
      'query ($id: ID!) { project(by: { id: $id }) { productionEnvironment { slug } environments { nodes { slug } } environment(slug: "staging") { id } none: environment(slug: "/") { id } } }',
      { id: shop.id },
      { token: person.token },
    );
    expect(data.project).toEqual({
      productionEnvironment: { slug: 'production' },
      environments: { nodes: [{ slug: 'production' }, { slug: 'staging' }] },
      environment: { id: environment.id },
      none: null,
    });
  });

  test('begins with the variables of another, sealed to their new place, and not with what those were before', async () => {
    const set = (value: string) =>
      mutate(
        server,
        person.token,
        'variablesSet',
        {
          environmentId: shop.environmentId,
          variables: [
            { key: 'PLAIN', value, isSecret: false },
            { key: 'TOKEN', value: `secret ${value}`, isSecret: true },
          ],
        },
        '',
      );
    await set('old');
    await set('new');
    const { environment } = await create({ copyFromId: shop.environmentId });
    expect(environment.variables).toEqual([
      { key: 'PLAIN', value: 'new', isSecret: false },
      { key: 'TOKEN', value: null, isSecret: true },
    ]);
    const id = uuid(environment.id);
    const rows = await server.db.variable.findMany({ where: { environmentId: id }, orderBy: { key: 'asc' } });
    const opened = rows.map(({ organizationId, key, sealedValue }) =>
      server.keyring.open(organizationId, sealedValue, variableContext(id, key)),
    );
    expect(await Promise.all(opened)).toEqual(['new', 'secret new']);
  });

  test('is refused when what it is to run does not fit beside the others: with the most that would', async () => {
    const settings = { environmentId: shop.environmentId, memoryBytes: 384 * MiB };
    await mutate(server, person.token, 'environmentUpdate', settings, '');
    expect(await create({ instances: 2, memoryBytes: 128 * MiB })).toMatchObject({
      code: 'QUOTA_EXCEEDED',
      requested: { memoryBytes: 256 * MiB },
      available: { memoryBytes: 128 * MiB },
      violations: [{ rule: 'INSTANCES_IN_SLICE', resource: 'MEMORY', requested: 640 * MiB, available: 512 * MiB }],
    });
    expect(await server.db.environment.count({ where: { projectId: uuid(shop.id) } })).toBe(1);
    expect(await create({ memoryBytes: 128 * MiB })).toMatchObject({ resizes: [] });
  });

  test.each([
    ['a second production', { slug: 'other', kind: 'PRODUCTION' }, 'kind NOT_ALLOWED'],
    ['a slug that is none', { slug: '../etc' }, 'slug INVALID_FORMAT'],
    ['too many instances', { instances: 21 }, 'instances OUT_OF_RANGE'],
    ['too little memory', { memoryBytes: MiB }, 'memoryBytes TOO_SMALL'],
  ])('is refused with %s', async (_, input, problem) => {
    const { issues: found } = await create(input);
    expect(found.map(({ path, rule }: { path: string[]; rule: string }) => `${path.join('.')} ${rule}`)).toEqual([
      problem,
    ]);
  });

  test('is refused where the slug is taken, or there are too many, also by those that wait to be erased', async () => {
    expect(await create({ slug: 'production' })).toMatchObject({ code: 'CONFLICT' });
    const { environment } = await create();
    await remove(environment.id);
    expect((await create()).message).toContain('Restore it');
    const { organizationId, projectId } = await rowOf(shop.environmentId);
    await server.db.environment.createMany({
      data: Array.from({ length: mostEnvironments - 2 }, newId).map((id) => ({
        ...{ id, organizationId, projectId, slug: id, kind: 'STAGING' as const, hostname: `${id}.apps.test` },
      })),
    });
    const limit = { limit: 'environments', maximum: mostEnvironments, current: mostEnvironments };
    expect(await create({ slug: 'more' })).toMatchObject({ code: 'PLAN_LIMIT', ...limit });
  });

  test('has another address where the plain one is taken, in labels that a host name may have', async () => {
    const { hostname } = (await create()).environment;
    await server.db.environment.updateMany({ where: { slug: 'staging' }, data: { slug: 'moved' } });
    const again = (await create()).environment.hostname;
    expect(again).not.toBe(hostname);
    const long = (await create({ slug: 'e'.repeat(40) })).environment.hostname;
    for (const name of [again, long]) expect(name.split('.')[0]?.length).toBeLessThanOrEqual(63);
  });

  test('copies from no environment of another project', async () => {
    const other = await aProject(server, person, { name: 'Other' });
    expect(await create({ copyFromId: other.environmentId })).toMatchObject({ targetId: other.environmentId });
  });
});

test('a token for one environment works there alone, and makes no others', async () => {
  const { environment } = await create();
  const token = await aToken(server, person, {
    scopes: ['PROJECT_WRITE', 'DEPLOY', 'VARIABLE_WRITE'],
    projectId: uuid(shop.id),
    environmentId: uuid(environment.id),
  });
  const attempt = (field: string, input: object) => mutate(server, token, field, input, '');
  const variables = [{ key: 'A', value: '1' }];
  for (const [environmentId, code] of [
    [environment.id, undefined],
    [shop.environmentId, 'NOT_FOUND'],
  ]) {
    expect((await attempt('deploymentCreate', { environmentId })).code).toBe(code);
    expect((await attempt('variablesSet', { environmentId, variables })).code).toBe(code);
  }
  expect((await create({ slug: 'more' }, token)).code).toBe('NOT_FOUND');
  const staged = await goLive(environment.id);
  const promotion = { deploymentId: publicId('Deployment', staged), environmentId: shop.environmentId };
  expect((await attempt('deploymentPromote', promotion)).code).toBe('NOT_FOUND');
});

describe('environmentDelete', () => {
  test('stops it, ends what is deployed there, gives its share to the others, and says until when it can be restored', async () => {
    const { environment } = await create();
    await goLive(shop.environmentId);
    await goLive(environment.id);
    const queued = await aDeployment(server, place(environment.id));
    const elsewhere = await aDeployment(server, shop);
    const deleted = await remove(environment.id);
    expect(deleted.resizes).toEqual([{ environment: { id: shop.environmentId }, how: 'LIVE' }]);
    const hours = (new Date(deleted.environment.deletesAt).getTime() - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(71.9);
    expect(hours).toBeLessThanOrEqual(72);
    expect(await memoryOf(shop.environmentId)).toBe(512);
    expect(await rowOf(environment.id)).toMatchObject({ desiredState: 'STOPPED' });
    expect(server.asked).toContain(`stop ${uuid(environment.id)}`);
    const statusOf = async (id: string) => (await server.db.deployment.findUniqueOrThrow({ where: { id } })).status;
    expect([await statusOf(queued), await statusOf(elsewhere)]).toEqual(['CANCELED', 'QUEUED']);
    expect((await eventsOf()).slice(-2)).toEqual(['deployment.canceled', 'environment.deleted']);
  });

  test('is refused for production, without the slug, and twice', async () => {
    expect(await remove(shop.environmentId, 'production')).toMatchObject({ currentState: 'PRODUCTION' });
    const { environment } = await create();
    expect((await remove(environment.id, 'stagin')).issues).toMatchObject([{ path: ['confirmSlug'] }]);
    await remove(environment.id);
    expect(await remove(environment.id)).toMatchObject({ currentState: 'DELETING' });
  });

  test('leaves an environment to which nothing can be done but restoring it', async () => {
    const { environment } = await create();
    const environmentId = environment.id;
    const staged = await goLive(environmentId);
    await remove(environmentId);
    const deploymentId = publicId('Deployment', staged);
    const attempts: [string, object][] = [
      ['environmentUpdate', { environmentId, instances: 2 }],
      ['environmentRestart', { environmentId }],
      ['environmentStop', { environmentId }],
      ['environmentStart', { environmentId }],
      ['environmentAutoDeployResume', { environmentId }],
      ['variablesSet', { environmentId, variables: [{ key: 'A', value: '1' }] }],
      ['deploymentCreate', { environmentId }],
      ['deploymentRollback', { environmentId }],
      ['deploymentRedeploy', { deploymentId }],
      ['deploymentPromote', { deploymentId, environmentId: shop.environmentId }],
    ];
    for (const [field, input] of attempts) {
      const { currentState } = await mutate(server, person.token, field, input, state);
      expect([field, currentState]).toEqual([field, 'DELETING']);
    }
  });
});

describe('environmentRestore', () => {
  test('brings it back with its share, and what was live in it', async () => {
    const { environment } = await create();
    await goLive(environment.id);
    await remove(environment.id);
    const restored = await restore(environment.id);
    expect(restored.environment).toMatchObject({ deletesAt: null, limits: { memoryBytes: 256 * MiB }, version: 3 });
    expect(await rowOf(environment.id)).toMatchObject({ desiredState: 'RUNNING', stateReason: null });
    expect(await memoryOf(shop.environmentId)).toBe(256);
    expect(server.asked).toContain(`bring-back ${uuid(environment.id)}`);
    expect(await restore(environment.id)).toMatchObject({ currentState: 'ACTIVE' });
  });

  test('leaves stopped what somebody had stopped before', async () => {
    const { environment } = await create();
    await goLive(environment.id);
    await mutate(server, person.token, 'environmentStop', { environmentId: environment.id }, '');
    await remove(environment.id);
    await restore(environment.id);
    const stopped = { desiredState: 'STOPPED', stateReason: expect.stringContaining('by hand') as string };
    expect(await rowOf(environment.id)).toMatchObject(stopped);
    expect(server.asked).not.toContain(`bring-back ${uuid(environment.id)}`);
    await mutate(server, person.token, 'environmentStart', { environmentId: environment.id }, '');
    expect(await rowOf(environment.id)).toMatchObject({ desiredState: 'RUNNING', stoppedByHand: false });
  });

  test('is refused when the slice has no room for it any more, and when its time is over', async () => {
    const { environment } = await create({ memoryBytes: 256 * MiB });
    await remove(environment.id);
    const settings = { environmentId: shop.environmentId, memoryBytes: 384 * MiB };
    await mutate(server, person.token, 'environmentUpdate', settings, '');
    expect(await restore(environment.id)).toMatchObject({
      code: 'QUOTA_EXCEEDED',
      requested: { memoryBytes: 256 * MiB },
      available: { memoryBytes: 128 * MiB },
    });
    const where = { id: uuid(environment.id) };
    await server.db.environment.update({ where, data: { deletesAt: new Date(Date.now() - 1_000) } });
    expect(await restore(environment.id)).toMatchObject({ currentState: 'ERASING' });
  });

  test('of its project brings back no environment that was deleted before', async () => {
    const { environment } = await create();
    await goLive(environment.id);
    await goLive(shop.environmentId);
    await remove(environment.id);
    const { slug: confirmSlug } = await server.db.project.findUniqueOrThrow({ where: { id: uuid(shop.id) } });
    await mutate(server, person.token, 'projectDelete', { projectId: shop.id, confirmSlug }, '');
    expect(await restore(environment.id)).toMatchObject({ currentState: 'DELETING' });
    await mutate(server, person.token, 'projectRestore', { projectId: shop.id }, '');
    expect((await rowOf(shop.environmentId)).desiredState).toBe('RUNNING');
    expect(await rowOf(environment.id)).toMatchObject({
      desiredState: 'STOPPED',
      stateReason: 'The environment is being deleted.',
    });
  });
});
