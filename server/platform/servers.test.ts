import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId, publicId } from '@apployd/core/id';
import { MiB } from '@apployd/core/resources';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import { ask } from '../testing/client.js';
import { aDeployment, aPerson, aProject, uuid, type MadeProject, type Person } from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let operator: Person;
let tenant: Person;
beforeAll(async () => {
  server = await testServer();
  operator = await aPerson(server, 'Opal');
  tenant = await aPerson(server, 'Tenant');
});
afterAll(() => server.close());

const fields =
  'id name runtime isReachable memoryBytes cpuMillicores allocatedMemoryBytes allocatedCpuMillicores usedMemoryBytes instanceCount asleepCount slotCount deployingCount';
const seenBy = async ({ token }: Pick<Person, 'token'>) =>
  (await ask(server, `{ platform { servers { ${fields} } } }`, {}, { token })).data.platform;

async function aMachine(name: string, data: Partial<Prisma.ServerCreateInput> = {}): Promise<string> {
  const id = newId();
  const machine = { memoryBytes: BigInt(1024 * MiB), cpuMillicores: 2_000, heartbeatAt: new Date(), runtime: 'docker' };
  await server.db.server.create({ data: { id, name, ...machine, ...data } });
  return id;
}

/** A deployment that is at work at a server. */
const deploys = (project: MadeProject, serverId: string) =>
  aDeployment(server, project, { status: 'BUILDING', serverId, slotAt: new Date() });

async function runs(
  project: MadeProject,
  serverId: string,
  state: 'STARTING' | 'RUNNING' | 'STOPPED' | 'ASLEEP',
  data: { readonly usedMemoryBytes?: bigint; readonly usedAt?: Date } = {},
): Promise<void> {
  const deploymentId = await aDeployment(server, project, { status: 'READY' });
  const { organizationId, environmentId } = await server.db.deployment.findUniqueOrThrow({
    where: { id: deploymentId },
  });
  const { id: processId } = await server.db.process.findFirstOrThrow({ where: { environmentId } });
  const limits = { memoryBytes: BigInt(64 * MiB), cpuMillicores: 100 };
  const of = { organizationId, environmentId, processId, deploymentId, serverId };
  await server.db.instance.create({ data: { id: newId(), ...of, state, ...limits, ...data } });
}

test('every server is shown to operators alone, with what it has and what runs there', async () => {
  const one = await aMachine('one');
  const other = await aMachine('other', { heartbeatAt: new Date(Date.now() - 3_600_000), slots: 2 });
  await aMachine('removed', { status: 'REMOVED' });
  const [awake, asleep] = [await aProject(server, tenant, {}), await aProject(server, tenant, {})];
  await runs(awake, one, 'RUNNING', { usedMemoryBytes: BigInt(10 * MiB), usedAt: new Date() });
  await runs(awake, other, 'RUNNING', { usedMemoryBytes: BigInt(MiB), usedAt: new Date(Date.now() - 3_600_000) });
  await runs(awake, one, 'STOPPED');
  await runs(asleep, one, 'ASLEEP');
  await deploys(awake, other);
  const sleeps = (observedState: 'LIGHT_SLEEP' | 'DEEP_SLEEP') =>
    server.db.environment.update({ where: { id: uuid(asleep.environmentId) }, data: { observedState } });
  await sleeps('DEEP_SLEEP');
  const { servers } = await seenBy(operator);
  const machine = { runtime: 'docker', memoryBytes: 1024 * MiB, cpuMillicores: 2_000 };
  const ofOne = { allocatedMemoryBytes: 64 * MiB, allocatedCpuMillicores: 100, usedMemoryBytes: 10 * MiB };
  expect(servers).toEqual([
    { id: publicId('Server', one), name: 'one', ...machine, ...ofOne, isReachable: true, ...counts(1, 1, 4, 0) },
    {
      ...{ id: publicId('Server', other), name: 'other', ...machine, ...ofOne, usedMemoryBytes: null },
      ...{ isReachable: false, ...counts(1, 0, 2, 1) },
    },
  ]);
  await sleeps('LIGHT_SLEEP');
  expect((await seenBy(operator)).servers[0]).toMatchObject({ allocatedMemoryBytes: 128 * MiB, ...counts(2, 0, 4, 0) });
  expect(await seenBy(tenant)).toBeNull();
});

const counts = (instanceCount: number, asleepCount: number, slotCount: number, deployingCount: number) => ({
  ...{ instanceCount, asleepCount, slotCount, deployingCount },
});
