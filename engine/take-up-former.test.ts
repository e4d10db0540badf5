import { expect, test } from 'vitest';
import { postgresLeases } from '@apployd/backplane/leases/postgres';
import { newId } from '@apployd/core/id';
import { freeFormer } from './free-former.js';
import { takeUpFormer } from './take-up-former.js';
import { aDeployment } from './testing/a-deployment.js';
import { never, says, useEngine } from './testing/use-engine.js';

const house = useEngine();

async function left(data: object) {
  const { engine, environment } = house;
  engine.publish('main', says('hello'));
  return (await aDeployment(engine, environment, { ref: 'main', ...data })).id;
}

const ours = () => ({ serverId: house.engine.settings.serverId, slotAt: new Date(Date.now() - 10_000) });
const statusOf = async (id: string) => (await house.row(id)).status;

test.each(['QUEUED', 'BUILDING'] as const)('what it was at as %s goes live', async (status) => {
  const id = await left({ ...ours(), status });
  await takeUpFormer(house.engine, never);
  expect(await statusOf(id)).toBe('READY');
  expect((await house.visit()).body).toBe('hello');
});

test('what it had built by then goes live without another build', async () => {
  const { releaseId } = await house.goLive('main', says('hello'));
  const id = await left({ ...ours(), status: 'DEPLOYING', releaseId });
  await takeUpFormer(house.engine, never);
  expect(await statusOf(id)).toBe('READY');
  expect(house.engine.builder.builds).toBe(1);
});

test('what was begun again and again is left to the queue, which gives it up', async () => {
  const { db } = house.engine;
  const id = await left({ ...ours(), status: 'BUILDING' });
  const { organizationId } = house.environment;
  const step = { deploymentId: id, organizationId, name: 'BUILD', startedAt: new Date() } as const;
  await db.deploymentStep.create({ data: { ...step, attempts: 3 } });
  await takeUpFormer(house.engine, never);
  expect(await statusOf(id)).toBe('BUILDING');
  await db.deploymentStep.updateMany({ where: { deploymentId: id }, data: { attempts: 2 } });
  await takeUpFormer(house.engine, never);
  expect(await statusOf(id)).toBe('READY');
});

test('what fails by a fault of ours is asked for anew', async () => {
  const id = await left({ ...ours(), status: 'BUILDING' });
  const asked: string[] = [];
  const jobs = { ...house.engine.jobs, ask: async (name: string, of: string) => void asked.push(`${name} ${of}`) };
  const source = { ...house.engine.source, fetch: () => Promise.reject(new Error('broken')) };
  await takeUpFormer({ ...house.engine, jobs, source }, never);
  expect(await statusOf(id)).toBe('BUILDING');
  expect(asked).toContain(`deploy ${id}`);
});

test('what another server is at, what waits without a slot and what is over stay as they are', async () => {
  const { db } = house.engine;
  const other = await db.server.create({
    data: {
      id: newId(),
      name: newId(),
      runtime: 'process',
      memoryBytes: 1n,
      cpuMillicores: 1,
      heartbeatAt: new Date(),
    },
  });
  const id = await left({ serverId: other.id, slotAt: new Date(), status: 'BUILDING' });
  const waiting = await left({ status: 'QUEUED' });
  const fresh = await left({ status: 'QUEUED', slotAt: new Date() });
  const over = await left({ ...ours(), status: 'FAILED' });
  await takeUpFormer(house.engine, never);
  expect(await Promise.all([id, waiting, fresh, over].map(statusOf))).toEqual([
    'BUILDING',
    'QUEUED',
    'QUEUED',
    'FAILED',
  ]);
});

test('what the former one held as it was killed is not waited for', async () => {
  const { engine, environment } = house;
  const id = await left({ ...ours(), status: 'BUILDING' });
  const name = newId();
  const [former, leases] = [postgresLeases(engine.db, name), postgresLeases(engine.db, name)];
  let heldOn = () => {};
  const held = new Promise<void>((resolve) => {
    void former.hold(`environment:${environment.id}`, 60_000, async () => {
      resolve();
      await new Promise<void>((end) => (heldOn = end));
    });
  });
  await held;
  await takeUpFormer({ ...engine, leases }, never);
  expect(await statusOf(id)).toBe('BUILDING');
  await freeFormer({ ...engine, leases });
  await takeUpFormer({ ...engine, leases }, never);
  expect(await statusOf(id)).toBe('READY');
  heldOn();
});

test('leases that cannot be freed, as those in a Redis that is away, keep no engine from its work', async () => {
  const { engine } = house;
  const gate = { ...engine.leases, endFormer: () => Promise.reject(new Error('The connection is closed.')) };
  await expect(freeFormer({ ...engine, gate })).resolves.toBeUndefined();
});
