import { expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { MiB } from '@apployd/core/resources';
import type { Environment, Instance } from '@apployd/prisma/generated/client/client';
import { aDeployment } from '../testing/a-deployment.js';
import { registerServer } from '../register-server.js';
import { useEngine } from '../testing/use-engine.js';
import { usageOf } from './usage.js';

const house = useEngine();

/** A deployment with so many instances of 64 MiB. */
async function runs(count: number, data: Partial<Pick<Instance, 'state' | 'serverId'>> = {}): Promise<string> {
  const { engine, environment } = house;
  const { organizationId, id: environmentId } = environment;
  const { id: deploymentId } = await aDeployment(engine, environment);
  const { id: processId } = await engine.db.process.findFirstOrThrow({ where: { environmentId } });
  const row = { organizationId, environmentId, deploymentId, processId, serverId: engine.settings.serverId };
  await engine.db.instance.createMany({
    data: Array.from({ length: count }, () => ({
      ...{ id: newId(), ...row, state: 'RUNNING' as const, memoryBytes: BigInt(64 * MiB), ...data },
    })),
  });
  return deploymentId;
}

const observed = (observedState: Environment['observedState']) =>
  house.engine.db.environment.update({ where: { id: house.environment.id }, data: { observedState } });

const usage = async (counted: readonly string[] = []) => {
  const { own, ...all } = await usageFor(null, counted);
  expect(own).toBe(0);
  return all;
};

async function usageFor(deploymentId: string | null, counted: readonly string[] = []) {
  const { serverId } = house.engine.settings;
  const asker = { environmentId: house.environment.id, deploymentId };
  const all = await usageOf(house.engine.db, { serverId, ...asker, counted });
  return { beside: all.besideBytes / MiB, former: all.formerBytes / MiB, own: all.ownBytes / MiB };
}

test('of an environment all releases but the largest are beside, also while they end', async () => {
  expect(await usage()).toEqual({ beside: 0, former: 0 });
  await runs(3);
  expect(await usage()).toEqual({ beside: 0, former: 192 });
  await runs(2, { state: 'STARTING' });
  await runs(1, { state: 'STOPPING' });
  await runs(5, { state: 'STOPPED' });
  expect(await usage()).toEqual({ beside: 192, former: 192 });
});

test('those whose rows somebody counts are left out, and so is what runs on other servers', async () => {
  const { db } = house.engine;
  const mine = await runs(1);
  const next = await runs(2);
  const machine = { name: `server-${newId()}`, runtime: 'fake' };
  await runs(4, { serverId: await registerServer(db, machine, new Date()) });
  expect(await usage()).toEqual({ beside: 64, former: 128 });
  expect(await usage([next])).toEqual({ beside: 0, former: 64 });
  expect(await usage([mine, next])).toEqual({ beside: 0, former: 0 });
});

test('what runs of who asks is counted apart, and is beside nothing', async () => {
  await runs(3);
  const own = await runs(2, { state: 'STARTING' });
  await runs(1);
  expect(await usageFor(own)).toEqual({ beside: 64, former: 192, own: 128 });
});

test('what is frozen counts; what was stopped to sleep does not', async () => {
  await runs(1, { state: 'ASLEEP' });
  await runs(2, { state: 'STARTING' });
  await observed('LIGHT_SLEEP');
  expect(await usage()).toEqual({ beside: 64, former: 128 });
  await observed('DEEP_SLEEP');
  expect(await usage()).toEqual({ beside: 0, former: 128 });
});

test('what is wanted is all instances of the web process, with their limits', async () => {
  const { engine, environment } = house;
  await engine.db.process.updateMany({ where: { environmentId: environment.id }, data: { desiredInstances: 3 } });
  const { serverId } = engine.settings;
  expect(
    await usageOf(engine.db, { serverId, environmentId: environment.id, deploymentId: null, counted: [] }),
  ).toMatchObject({
    wantedBytes: 192 * MiB,
    instanceBytes: 64 * MiB,
  });
  expect(await usageOf(engine.db, { serverId, environmentId: null, deploymentId: null, counted: [] })).toEqual({
    ...{ besideBytes: 0, formerBytes: 0, ownBytes: 0, wantedBytes: 0, instanceBytes: 0 },
  });
});
