import { expect, test } from 'vitest';
import { until } from '@apployd/backplane/testing/until';
import { bringBack } from '../instance/bring-back.js';
import { resize } from '../instance/resize.js';
import { never, says, useEngine } from '../testing/use-engine.js';
import { putToSleep } from './put-to-sleep.js';
import { wakeUp } from './wake-up.js';

const house = useEngine();

const change = (data: Parameters<typeof house.engine.db.environment.update>[0]['data']) =>
  house.engine.db.environment.update({ where: { id: house.environment.id }, data });
const row = () => house.engine.db.environment.findUniqueOrThrow({ where: { id: house.environment.id } });
const route = () => house.engine.db.route.findUniqueOrThrow({ where: { hostname: house.environment.hostname } });
const states = async (id: string) => (await house.row(id)).instances.map(({ state }) => state).sort();

/** Live with so many instances, each of which is well once its number is let through; asleep by now. */
async function asleep(count: number, depth: 'LIGHT_SLEEP' | 'DEEP_SLEEP') {
  const { engine, environment } = house;
  await engine.db.process.updateMany({ where: { environmentId: environment.id }, data: { desiredInstances: count } });
  await engine.db.project.update({
    where: { id: environment.projectId },
    data: { settings: { healthCheckTimeoutMs: 20_000 } },
  });
  let well = Infinity;
  const numbers = new Map<string, number>();
  const live = await house.goLive('app', (app) => {
    const number = numbers.size;
    numbers.set(app.request.instanceId, number);
    app.serve((_, response) => response.writeHead(number < well ? 200 : 503).end('app'));
  });
  await change({ desiredState: depth });
  await putToSleep(engine, environment.id, never);
  expect(await row()).toMatchObject({ observedState: depth });
  numbers.clear();
  return { live, wellUpTo: (number: number) => (well = number) };
}

async function wake(engine = house.engine) {
  await change({ desiredState: 'RUNNING', wakeAskedAt: new Date() });
  return wakeUp(engine, house.environment.id, never);
}

test('those who were held are let in with the first instance that is healthy, and the others join it as they come up', async () => {
  const { live, wellUpTo } = await asleep(3, 'DEEP_SLEEP');
  wellUpTo(1);
  const waking = wake();
  await until(async () => (await route()).targets.length === 1, 'the first to take visitors');
  expect(await row()).toMatchObject({ observedState: 'RUNNING', wakeAskedAt: null });
  expect(await states(live.id)).toEqual(['ASLEEP', 'ASLEEP', 'RUNNING']);
  await until(async () => (await house.visit()).body === 'app');
  wellUpTo(2);
  await until(async () => (await route()).targets.length === 2, 'the second to join it');
  wellUpTo(3);
  await waking;
  expect((await route()).targets).toHaveLength(3);
  expect(await states(live.id)).toEqual(['RUNNING', 'RUNNING', 'RUNNING']);
  expect((await house.events()).filter((type) => type === 'environment.woke')).toHaveLength(1);
  expect(await house.engine.jobs.isAsked('bring-back', house.environment.id)).toBe(false);
});

test('while one that was frozen goes on nobody waits for those that are gone: others are started in their place', async () => {
  const { engine, environment } = house;
  const { live } = await asleep(2, 'LIGHT_SLEEP');
  const gone = live.instances[0]?.id ?? '';
  engine.machine.instances.delete(gone);
  const started: string[] = [];
  const start: typeof engine.runtime.start = (request) => {
    started.push(request.instanceId);
    return engine.runtime.start(request);
  };
  await wake({ ...engine, runtime: { ...engine.runtime, start } });
  expect(started).toEqual([]);
  expect((await route()).targets).toHaveLength(1);
  expect(await states(live.id)).toEqual(['RUNNING', 'STOPPED']);
  expect(await engine.jobs.isAsked('bring-back', environment.id)).toBe(true);
  await bringBack(engine, environment.id, never);
  expect((await route()).targets).toHaveLength(2);
});

test('what is to sleep again while it wakes freezes only what takes no visitors yet', async () => {
  const { engine } = house;
  const { live, wellUpTo } = await asleep(2, 'DEEP_SLEEP');
  wellUpTo(1);
  const waking = wake();
  await until(async () => (await route()).targets.length === 1, 'the first to take visitors');
  await change({ desiredState: 'LIGHT_SLEEP' });
  wellUpTo(2);
  await waking;
  const rows = (await house.row(live.id)).instances;
  const inspected = async (state: string) => engine.runtime.inspect(rows.find((one) => one.state === state)?.id ?? '');
  expect(await inspected('RUNNING')).toMatchObject({ state: 'running' });
  expect(await inspected('ASLEEP')).toEqual({ state: 'asleep' });
  expect((await house.visit()).body).toBe('app');
});

test('a restart that is asked for while others come up waits until they have joined, and is not forgotten', async () => {
  const { engine, environment } = house;
  const { live, wellUpTo } = await asleep(2, 'DEEP_SLEEP');
  wellUpTo(1);
  const waking = wake();
  await until(async () => (await route()).targets.length === 1, 'the first to take visitors');
  await change({ generation: { increment: 1 } });
  await resize(engine, environment.id, never);
  expect(await states(live.id)).toEqual(['ASLEEP', 'RUNNING']);
  wellUpTo(9);
  await waking;
  expect(await engine.jobs.isAsked('resize', environment.id)).toBe(true);
  await resize(engine, environment.id, never);
  expect(await states(live.id)).toEqual(['RUNNING', 'RUNNING', 'STOPPED', 'STOPPED']);
});

test('a fault while visitors are let in removes nothing: it is woken by the next try', async () => {
  const { engine } = house;
  const { live } = await asleep(2, 'LIGHT_SLEEP');
  const db = engine.db.$extends({
    query: { environment: { update: () => Promise.reject(new Error('connection lost')) } },
  }) as unknown as typeof engine.db;
  await expect(wake({ ...engine, db })).rejects.toThrow('connection lost');
  expect(await states(live.id)).toEqual(['ASLEEP', 'ASLEEP']);
  await wake();
  expect(await states(live.id)).toEqual(['RUNNING', 'RUNNING']);
});

test('an instance that ends while it is woken keeps nobody from the others, and another takes its place', async () => {
  const { engine, environment } = house;
  const { live } = await asleep(2, 'DEEP_SLEEP');
  let started = 0;
  engine.machine.apps.set(live.release?.imageId ?? '', (app) => (started++ === 1 ? app.exit(1) : says('again')(app)));
  await wake();
  expect((await route()).targets).toHaveLength(1);
  expect(await states(live.id)).toEqual(['RUNNING', 'STOPPED']);
  expect(await engine.jobs.isAsked('bring-back', environment.id)).toBe(true);
  await bringBack(engine, environment.id, never);
  expect((await route()).targets).toHaveLength(2);
});
