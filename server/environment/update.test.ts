import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { GiB, MiB } from '@apployd/core/resources';
import { ask, issues, mutate } from '../testing/client.js';
import { aDeployment, aPerson, aProject, uuid, type MadeProject, type Person } from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let person: Person;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

const slice = (memoryBytes: number, cpuMillicores = 400) => ({ memoryBytes, cpuMillicores, bandwidthBytesPerMonth: 0 });
const refused = `... on QuotaExceededError { violations { rule resource projectId requested available } } ${issues}
  ... on ConflictError { currentVersion }`;
const resizes = 'resizes { environment { id } how }';
const update = (project: MadeProject, input: object) =>
  mutate(
    server,
    person.token,
    'environmentUpdate',
    { environmentId: project.environmentId, ...input },
    `... on EnvironmentUpdatePayload { environment { instances version limits { memoryBytes cpuMillicores } chosenMemoryBytes chosenCpuMillicores runningInstances } ${resizes} replayed } ${refused}`,
  );
const divide = (project: MadeProject, limits: object | null, more: object = {}) =>
  mutate(
    server,
    person.token,
    'allocationsSet',
    { organizationId: person.organizationId, changes: [{ projectId: project.id, limits }], ...more },
    `... on AllocationsSetPayload { ${resizes} applied } ${refused}`,
  );

async function aShop(memoryBytes: number): Promise<MadeProject> {
  person = await aPerson(server);
  return aProject(server, person, { resources: slice(memoryBytes) });
}

/** Something live in it, on a server whose runtime is of this kind. */
async function goLive(project: MadeProject, runtime = 'docker'): Promise<void> {
  const row = { name: newId(), runtime, memoryBytes: 1n, cpuMillicores: 1, heartbeatAt: new Date() };
  const { id: serverId } = await server.db.server.create({ data: { id: newId(), ...row } });
  const id = await aDeployment(server, project, { status: 'READY', serving: 'LIVE', serverId });
  await server.db.environment.update({ where: { id: uuid(project.environmentId) }, data: { liveDeploymentId: id } });
}

describe('environmentUpdate', () => {
  test('shares the slice among the instances, or gives each what was chosen', async () => {
    const shop = await aShop(512 * MiB);
    expect((await update(shop, { instances: 2 })).environment).toMatchObject({
      instances: 2,
      version: 2,
      limits: { memoryBytes: 256 * MiB, cpuMillicores: 200 },
      chosenMemoryBytes: null,
    });
    const chosen = await update(shop, { memoryBytes: 128 * MiB, cpuMillicores: 100 });
    expect(chosen.environment).toMatchObject({
      instances: 2,
      limits: { memoryBytes: 128 * MiB, cpuMillicores: 100 },
      chosenMemoryBytes: 128 * MiB,
      chosenCpuMillicores: 100,
    });
    const mixed = await update(shop, { memoryBytes: null });
    expect(mixed.environment).toMatchObject({ limits: { memoryBytes: 256 * MiB, cpuMillicores: 100 } });
  });

  test('what was chosen is kept with its version, and what was refused is not', async () => {
    const shop = await aShop(512 * MiB);
    await update(shop, { instances: 2 });
    await update(shop, { memoryBytes: 128 * MiB, cpuMillicores: 100 });
    expect((await update(shop, { instances: 9 })).violations).toHaveLength(2);
    await update(shop, { memoryBytes: null });
    const document = `query ($id: ID!) { environment(id: $id) { version resourcesHistory(first: 10) { nodes {
      version instances memoryBytes cpuMillicores createdBy { id } } } } }`;
    const { data } = await ask(server, document, { id: shop.environmentId }, { token: person.token });
    const createdBy = { id: person.userId };
    expect(data.environment.version).toBe(4);
    expect(data.environment.resourcesHistory.nodes).toEqual([
      { version: 4, instances: 2, memoryBytes: null, cpuMillicores: 100, createdBy },
      { version: 3, instances: 2, memoryBytes: 128 * MiB, cpuMillicores: 100, createdBy },
      { version: 2, instances: 2, memoryBytes: null, cpuMillicores: null, createdBy },
      { version: 1, instances: 1, memoryBytes: null, cpuMillicores: null, createdBy },
    ]);
  });

  test('is refused when the instances would not fit the slice: by how much, and the largest that would', async () => {
    const shop = await aShop(256 * MiB);
    const answer = await update(shop, { instances: 3, memoryBytes: 128 * MiB });
    expect(answer.violations).toEqual([
      {
        rule: 'INSTANCES_IN_SLICE',
        resource: 'MEMORY',
        projectId: shop.id,
        requested: 384 * MiB,
        available: 256 * MiB,
      },
    ]);
    expect(answer.message).toContain('The 3 instances of a project need at least 384 MiB; its slice has 256 MiB.');
    expect(await update(shop, { expectedVersion: 1 })).toMatchObject({ environment: { instances: 1 } });
    expect(await update(shop, { instances: 1, expectedVersion: 1 })).toMatchObject({ currentVersion: 2 });
  });

  test('names every figure that makes no sense', async () => {
    const answer = await update(await aShop(256 * MiB), { instances: 21, memoryBytes: 1, cpuMillicores: 1 });
    expect(
      answer.issues.map(({ path, rule }: { path: string[]; rule: string }) => `${path.join('.')} ${rule}`),
    ).toEqual([
      'instances OUT_OF_RANGE',
      'memoryBytes TOO_SMALL',
      'memoryBytes NOT_A_MULTIPLE',
      'cpuMillicores TOO_SMALL',
    ]);
  });

  test('says what it means for those that run, and has the engine see to it', async () => {
    const shop = await aShop(512 * MiB);
    expect((await update(shop, { instances: 2 })).resizes).toEqual([]);
    await goLive(shop);
    const environment = { id: shop.environmentId };
    expect((await update(shop, { instances: 4 })).resizes).toEqual([{ environment, how: 'LIVE_OR_REPLACE' }]);
    expect((await update(shop, { instances: 1 })).resizes).toEqual([{ environment, how: 'LIVE' }]);
    expect((await update(shop, { instances: 1 })).resizes).toEqual([]);
    expect(server.asked).toContain(`resize ${uuid(shop.environmentId)}`);
  });
});

describe('allocationsSet', () => {
  test.each([
    ['docker', 1024, 'LIVE'],
    ['docker', 256, 'LIVE_OR_REPLACE'],
    ['other', 1024, 'REPLACE'],
  ])('on %s, to %i MiB, says %s, also in a dry run and when it is replayed', async (runtime, mebibytes, how) => {
    const shop = await aShop(512 * MiB);
    await goLive(shop, runtime);
    const expected = [{ environment: { id: shop.environmentId }, how }];
    const dry = await divide(shop, slice(mebibytes * MiB), { dryRun: true });
    expect(dry).toMatchObject({ applied: false, resizes: expected });
    const key = { idempotencyKey: newId() };
    for (let call = 1; call <= 2; call += 1) {
      expect((await divide(shop, slice(mebibytes * MiB), key)).resizes).toEqual(expected);
    }
    const web = await server.db.process.findFirstOrThrow({ where: { environmentId: uuid(shop.environmentId) } });
    expect(web.memoryBytes).toBe(BigInt(mebibytes * MiB));
    expect(server.asked).toContain(`resize ${uuid(shop.environmentId)}`);
  });

  test('is refused when what was chosen for the instances does not fit the slice any more', async () => {
    const shop = await aShop(GiB);
    await update(shop, { instances: 2, memoryBytes: 256 * MiB });
    expect((await divide(shop, slice(256 * MiB))).violations).toMatchObject([
      { rule: 'INSTANCES_IN_SLICE', resource: 'MEMORY', requested: 512 * MiB, available: 256 * MiB },
    ]);
    expect(await divide(shop, slice(512 * MiB))).toMatchObject({ applied: true });
  });

  test('frees no slice in which something is live', async () => {
    const shop = await aShop(GiB);
    await goLive(shop);
    const answer = await divide(shop, null);
    expect(answer.violations).toMatchObject([{ rule: 'INSTANCES_IN_SLICE', available: 0 }, { resource: 'CPU' }]);
    expect(answer.message).toContain('it has no slice');
  });
});
