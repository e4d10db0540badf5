import { expect, test } from 'vitest';
import { MiB } from '@apployd/core/resources';
import { until } from '@apployd/backplane/testing/until';
import { reconcile } from '../testing/reconcile.js';
import type { FakeApp } from '../runtime/fake.js';
import { aDeployment } from '../testing/a-deployment.js';
import { never, says, useEngine } from '../testing/use-engine.js';
import { bringBack } from './bring-back.js';
import { resize } from './resize.js';

const house = useEngine();

const environmentRow = () => house.engine.db.environment.findUniqueOrThrow({ where: { id: house.environment.id } });
const want = (data: { memoryBytes?: bigint; cpuMillicores?: number; desiredInstances?: number }) =>
  house.engine.db.process.updateMany({ where: { environmentId: house.environment.id }, data });
const limitsThatRun = () =>
  [...house.engine.machine.instances.values()]
    .filter(({ ended }) => !ended)
    .map(({ limits }) => limits.memoryBytes / MiB);
const lastEvent = () =>
  house.engine.db.event.findFirstOrThrow({
    where: { streamId: house.environment.projectId },
    orderBy: { sequence: 'desc' },
  });

/** Visits without a pause while the work is done; what they were answered. */
async function visitsDuring(work: Promise<void>): Promise<ReadonlySet<number>> {
  const statuses = new Set<number>();
  let isDone = false;
  const done = work.finally(() => (isDone = true));
  while (!isDone) statuses.add((await house.visit()).status);
  await done;
  return statuses;
}

test('new limits reach what runs in place: nothing is started again, and the rows say what it has', async () => {
  const live = await house.goLive('app');
  await want({ memoryBytes: BigInt(128 * MiB), cpuMillicores: 750 });
  await resize(house.engine, house.environment.id, never);
  const { instances } = await house.row(live.id);
  expect(instances).toMatchObject([{ id: live.instances[0]?.id, state: 'RUNNING', memoryBytes: BigInt(128 * MiB) }]);
  expect(limitsThatRun()).toEqual([128]);
  expect(await lastEvent()).toMatchObject({
    type: 'environment.resized',
    data: { how: 'LIVE', instances: 1, memoryBytes: 128 * MiB, cpuMillicores: 750 },
  });
  await resize(house.engine, house.environment.id, never);
  expect((await house.events()).filter((type) => type === 'environment.resized')).toHaveLength(1);
});

test('where new limits take a restart, another instance takes over without a visitor noticing', async () => {
  const { engine, environment } = house;
  const live = await house.goLive('app');
  engine.machine.adjustable = false;
  await want({ memoryBytes: BigInt(32 * MiB) });
  expect([...(await visitsDuring(resize(engine, environment.id, never)))]).toEqual([200]);
  const { instances } = await house.row(live.id);
  expect(instances.map(({ state }) => state).sort()).toEqual(['RUNNING', 'STOPPED']);
  expect(limitsThatRun()).toEqual([32]);
  expect(await lastEvent()).toMatchObject({ type: 'environment.resized', data: { how: 'REPLACE' } });
});

test('an app that uses more than it is to get is not killed for it, but replaced', async () => {
  const frugalLater = firstThen(48 * MiB, 8 * MiB);
  await house.goLive('app', frugalLater);
  await want({ memoryBytes: BigInt(32 * MiB) });
  await resize(house.engine, house.environment.id, never);
  expect(limitsThatRun()).toEqual([32]);
  expect((await house.visit()).status).toBe(200);
});

test('an app that does not get healthy with its new limits goes on with the former ones, and rests', async () => {
  const { engine, environment } = house;
  const live = await house.goLive('app', firstThen(48 * MiB, 48 * MiB));
  await want({ memoryBytes: BigInt(32 * MiB) });
  await resize(engine, environment.id, never);
  await resize(engine, environment.id, never);
  expect((await house.visit()).status).toBe(200);
  expect((await house.row(live.id)).instances.filter(({ state }) => state === 'RUNNING')).toMatchObject([
    { id: live.instances[0]?.id, memoryBytes: BigInt(64 * MiB) },
  ]);
  const { stateReason, observedState, resizeAfter } = await environmentRow();
  expect(stateReason).toMatch(/former limits.*32 MiB/);
  expect(observedState).toBe('RUNNING');
  expect(resizeAfter?.getTime()).toBeGreaterThan(Date.now());
  expect((await house.events()).filter((type) => type === 'environment.resize_failed')).toHaveLength(1);
  expect(await askedByReconcile()).not.toContain(`resize ${environment.id}`);
  await engine.db.environment.update({ where: { id: environment.id }, data: { resizeAfter: new Date(0) } });
  expect(await askedByReconcile()).toContain(`resize ${environment.id}`);
});

test('new instances that no edge leads visitors to are put back', async () => {
  const { engine, environment } = house;
  const live = await house.goLive('app');
  engine.machine.adjustable = false;
  await want({ memoryBytes: BigInt(32 * MiB) });
  engine.edge.follows = false;
  const impatient = { ...engine, settings: { ...engine.settings, routeTimeoutMs: 500 } };
  await resize(impatient, environment.id, never);
  engine.edge.follows = true;
  await until(async () => (await house.visit()).status === 200);
  expect((await house.row(live.id)).instances.filter(({ state }) => state === 'RUNNING')).toMatchObject([
    { id: live.instances[0]?.id },
  ]);
  expect(limitsThatRun()).toEqual([64]);
});

test('more instances are started beside the one that runs, and those that are too many end once they are drained', async () => {
  const { engine, environment } = house;
  const live = await house.goLive('app');
  await want({ desiredInstances: 3 });
  await resize(engine, environment.id, never);
  const targets = async () => (await engine.db.route.findFirstOrThrow({ where: { deploymentId: live.id } })).targets;
  expect(await targets()).toHaveLength(3);
  expect(house.running()).toHaveLength(3);
  await want({ desiredInstances: 1 });
  expect([...(await visitsDuring(resize(engine, environment.id, never)))]).toEqual([200]);
  expect(await targets()).toHaveLength(1);
  expect((await house.row(live.id)).instances.filter(({ state }) => state === 'RUNNING')).toMatchObject([
    { id: live.instances[0]?.id },
  ]);
});

test('while a deployment waits, limits change in place and nothing else is started', async () => {
  const { engine, environment } = house;
  await house.goLive('app');
  await aDeployment(engine, environment);
  await want({ memoryBytes: BigInt(128 * MiB), desiredInstances: 2 });
  await resize(engine, environment.id, never);
  expect(limitsThatRun()).toEqual([128]);
});

test('what a worker that died left between two instances is ended by the next look', async () => {
  const { engine, environment } = house;
  const live = await house.goLive('app');
  await want({ desiredInstances: 2 });
  await resize(engine, environment.id, never);
  await want({ desiredInstances: 1 });
  const [extra] = (await house.row(live.id)).instances.filter(({ id }) => id !== live.instances[0]?.id);
  await engine.db.instance.update({ where: { id: extra?.id ?? '' }, data: { state: 'STOPPING' } });
  expect(await askedByReconcile()).toContain(`bring-back ${environment.id}`);
  await bringBack(engine, environment.id, never);
  expect(house.running()).toHaveLength(1);
  expect((await house.row(live.id)).instances.map(({ state }) => state).sort()).toEqual(['RUNNING', 'STOPPED']);
});

/** Uses so much memory when it is started first, and so much from then on. */
function firstThen(firstBytes: number, laterBytes: number): FakeApp {
  let isFirst = true;
  return (app) => {
    const memoryBytes = isFirst ? firstBytes : laterBytes;
    isFirst = false;
    says('app')(app);
    app.use({ memoryBytes });
  };
}

async function askedByReconcile(): Promise<string[]> {
  const { engine } = house;
  const asked: string[] = [];
  const ask = async (name: string, id: string) => void asked.push(`${name} ${id}`);
  await reconcile({ ...engine, jobs: { ...engine.jobs, ask } });
  return asked;
}

const restart = () =>
  house.engine.db.environment.update({
    where: { id: house.environment.id },
    data: { generation: { increment: 1 }, resizeAfter: null },
  });

test('a restart has a new instance of the same release take over without a visitor noticing, once', async () => {
  const { engine, environment } = house;
  const live = await house.goLive('app');
  await restart();
  expect([...(await visitsDuring(resize(engine, environment.id, never)))]).toEqual([200]);
  const { instances } = await house.row(live.id);
  expect(instances.map(({ state }) => state).sort()).toEqual(['RUNNING', 'STOPPED']);
  expect(instances.find(({ id }) => id === live.instances[0]?.id)?.state).toBe('STOPPED');
  expect(engine.builder.builds).toBe(1);
  expect(await lastEvent()).toMatchObject({ type: 'environment.restarted', subjectId: environment.id });
  await resize(engine, environment.id, never);
  expect((await house.row(live.id)).instances).toHaveLength(2);
});

test('a restart whose new instance does not get healthy leaves the old one serving, says why, and is tried again later', async () => {
  const { engine, environment } = house;
  let isBroken = false;
  const live = await house.goLive('app', (app) => (isBroken ? app.exit(9) : says('app')(app)));
  isBroken = true;
  await restart();
  await resize(engine, environment.id, never);
  expect((await house.visit()).body).toBe('app');
  expect(house.running()).toEqual([live.id]);
  const row = await environmentRow();
  expect(row.stateReason).toMatch(/^It was not restarted and goes on as it did.*exit code 9/);
  expect(row.resizeAfter).not.toBeNull();
  expect(await lastEvent()).toMatchObject({ type: 'environment.restart_failed' });
});

test('a restart whose wake-up was lost is found by reconcile', async () => {
  const { engine, environment } = house;
  await house.goLive('app');
  await restart();
  const asked: string[] = [];
  const jobs = { ...engine.jobs, ask: async (name: string, id: string) => void asked.push(`${name} ${id}`) };
  await reconcile({ ...engine, jobs });
  expect(asked).toContain(`resize ${environment.id}`);
});
