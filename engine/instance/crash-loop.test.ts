import { beforeEach, expect, test } from 'vitest';
import { systemClock } from '@apployd/core/clock';
import { crashesUntilCrashed } from '@apployd/core/crash';
import { projectSettings } from '@apployd/core/settings';
import { idleHandlers } from '@apployd/backplane/testing/idle-handlers';
import { until } from '@apployd/backplane/testing/until';
import { deploy } from '../deploy/deploy.js';
import type { Engine } from '../engine.js';
import { reconcile } from '../testing/reconcile.js';
import type { FakeApp, FakeInstance } from '../runtime/fake.js';
import { aDeployment, anEnvironment } from '../testing/a-deployment.js';
import { setVariable } from '../testing/set-variable.js';
import { never, says, useEngine } from '../testing/use-engine.js';
import { startWorker } from '../worker.js';
import { bringBack } from './bring-back.js';
import { collectOutput } from './collect-output.js';
import { startPlaces } from './start-places.js';
import { askForRested, lookAtHealth, type HealthWatch } from './watch-health.js';

const house = useEngine();
let aheadMs: number;
let engine: Engine;
beforeEach(() => {
  aheadMs = 0;
  engine = { ...house.engine, clock: { ...systemClock, now: () => new Date(Date.now() + aheadMs) } };
});

const environmentRow = () => house.engine.db.environment.findUniqueOrThrow({ where: { id: house.environment.id } });
const countOf = async (type: string) => (await house.events()).filter((other) => other === type).length;
const waitUntil = (moment: Date | null) => (aheadMs += (moment?.getTime() ?? 0) - engine.clock.now().getTime());

/** From now on time passes only when a test says so. */
function stopClock(): void {
  const stoppedAt = Date.now();
  engine = { ...engine, clock: { ...systemClock, now: () => new Date(stoppedAt + aheadMs) } };
}

/** An app, and the instances of it that were started. */
function watched(app: FakeApp): { readonly app: FakeApp; readonly started: FakeInstance[] } {
  const started: FakeInstance[] = [];
  return { started, app: (instance) => (started.push(instance), app(instance)) };
}

async function asked(ask: (engine: Engine) => Promise<unknown>): Promise<string[]> {
  const all: string[] = [];
  await ask({ ...engine, jobs: { ...engine.jobs, ask: async (name, id) => void all.push(`${name} ${id}`) } });
  return all;
}

test('an app that ends again and again is started after pauses that grow, is CRASHED in the end, and a deployment ends that', async () => {
  const { id } = house.environment;
  const { app, started } = watched(says('app'));
  await house.goLive('app', app);
  // The first rests are over in a second or two.
  stopClock();
  const rests: number[] = [];
  for (let crash = 1; crash <= crashesUntilCrashed; crash += 1) {
    started.at(-1)?.print(`about to end, ${crash}`);
    started.at(-1)?.exit(9);
    await bringBack(engine, id, never);
    const { restartAfter } = await environmentRow();
    if (crash === 1) expect(restartAfter).toBeNull();
    if (crash === 1) continue;
    expect(house.running()).toEqual([]);
    expect(await asked(askForRested)).toEqual([]);
    expect(await asked(reconcile)).not.toContain(`bring-back ${id}`);
    await bringBack(engine, id, never);
    expect(house.running()).toEqual([]);
    rests.push((restartAfter?.getTime() ?? 0) - engine.clock.now().getTime());
    if (crash === crashesUntilCrashed) break;
    waitUntil(restartAfter);
    expect(await asked(askForRested)).toEqual([`bring-back ${id}`]);
    await bringBack(engine, id, never);
    expect(house.running()).toHaveLength(1);
  }
  expect(rests.at(-1)).toBeGreaterThan(4 * 60_000);
  expect(rests.at(-2)).toBeGreaterThan(rests[0] ?? 0);
  expect(await environmentRow()).toMatchObject({
    observedState: 'CRASHED',
    stateReason: expect.stringMatching(/again and again.*exit code 9.*deploy/) as unknown,
    restarts: crashesUntilCrashed - 1,
    lastExit: { reason: 'CRASHED', exitCode: 9, lastLines: [`about to end, ${crashesUntilCrashed}`] },
  });
  expect([await countOf('instance.crashed'), await countOf('environment.crashed')]).toEqual([crashesUntilCrashed, 1]);

  await house.goLive('mended');
  expect(await environmentRow()).toMatchObject({
    observedState: 'RUNNING',
    stateReason: null,
    restarts: 0,
    crashes: 0,
    restartAfter: null,
    lastExit: null,
  });
});

test('what is CRASHED is still tried, seldom, and runs again once it can', async () => {
  const { id } = house.environment;
  let hasDatabase = true;
  const { app, started } = watched((instance) => (hasDatabase ? says('app')(instance) : instance.exit(4)));
  await house.goLive('app', app);
  hasDatabase = false;
  started.at(-1)?.exit(4);
  for (let tried = 1; tried <= crashesUntilCrashed + 1; tried += 1) {
    await bringBack(engine, id, never);
    waitUntil((await environmentRow()).restartAfter);
  }
  expect(await environmentRow()).toMatchObject({ observedState: 'CRASHED' });
  expect(await countOf('environment.crashed')).toBe(1);
  hasDatabase = true;
  await bringBack(engine, id, never);
  expect(await environmentRow()).toMatchObject({ observedState: 'RUNNING', stateReason: null, restartAfter: null });
  expect(house.running()).toHaveLength(1);
});

test('a loop of starts that take ten minutes each, as long as they may, is CRASHED too, and stays so', async () => {
  const { id } = house.environment;
  let fails = false;
  const graceMs = 600_000;
  const { app, started } = watched((instance) => {
    if (!fails) return says('app')(instance);
    aheadMs += graceMs;
    instance.exit(4);
  });
  await house.engine.db.project.update({
    where: { id: house.environment.projectId },
    data: { settings: projectSettings.parse({ healthCheckTimeoutMs: graceMs }) },
  });
  await house.goLive('app', app);
  fails = true;
  started.at(-1)?.exit(4);
  const series: number[] = [];
  for (let tried = 1; tried <= crashesUntilCrashed + 1; tried += 1) {
    await bringBack(engine, id, never);
    const { crashes, restartAfter } = await environmentRow();
    series.push(crashes);
    waitUntil(restartAfter);
  }
  expect(series).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  expect(await environmentRow()).toMatchObject({ observedState: 'CRASHED' });
  expect(await countOf('environment.crashed')).toBe(1);
});

test('what needs long to get healthy and crashes soon after is in a loop as well', async () => {
  const graceMs = 600_000;
  await house.engine.db.project.update({
    where: { id: house.environment.projectId },
    data: { settings: projectSettings.parse({ healthCheckTimeoutMs: graceMs }) },
  });
  const { app, started } = watched(says('app'));
  await house.goLive('app', app);
  for (let crash = 1; crash <= 3; crash += 1) {
    started.at(-1)?.exit(4);
    await bringBack(engine, house.environment.id, never);
    waitUntil((await environmentRow()).restartAfter);
    await bringBack(engine, house.environment.id, never);
    aheadMs += graceMs;
  }
  expect(await environmentRow()).toMatchObject({ crashes: 3 });
});

test('crashes that are far apart cost no pause', async () => {
  const { app, started } = watched(says('app'));
  await house.goLive('app', app);
  for (let crash = 1; crash <= 3; crash += 1) {
    started.at(-1)?.exit(1);
    await bringBack(engine, house.environment.id, never);
    expect(house.running()).toHaveLength(1);
    aheadMs += 3_600_000;
  }
  expect(await environmentRow()).toMatchObject({ crashes: 1, restarts: 3, restartAfter: null });
});

test('the last lines are the last ones, however much was printed before and while it prints on', async () => {
  const { app, started } = watched(says('app'));
  await house.goLive('app', app);
  for (let line = 1; line <= 1_000; line += 1) started[0]?.print(`line ${line}`);
  started[0]?.print('the cause');
  started[0]?.exit(1);
  await bringBack(engine, house.environment.id, never);
  const { lastExit } = await environmentRow();
  expect(lastExit).toMatchObject({ lastLines: expect.arrayContaining(['line 982', 'the cause']) as unknown });
});

test('an app that was ended for its memory says so, and its secrets are in no last line', async () => {
  await setVariable(house.engine, house.environment, 'TOKEN', 'line one of it\nline two of it');
  const { app, started } = watched(says('app'));
  await house.goLive('app', app);
  started[0]?.print('with line one of it');
  started[0]?.print('line two of it');
  started[0]?.use({ memoryBytes: 2 ** 40 });
  await bringBack(engine, house.environment.id, never);
  expect((await environmentRow()).lastExit).toMatchObject({
    reason: 'OUT_OF_MEMORY',
    exitCode: 137,
    message: expect.stringContaining('64 MiB') as unknown,
    lastLines: ['with [secret]'],
  });
  expect(await countOf('instance.oom_killed')).toBe(1);
});

test('what is gone with its machine is not held against the app', async () => {
  await house.goLive('app');
  house.engine.machine.instances.clear();
  await bringBack(engine, house.environment.id, never);
  expect(await environmentRow()).toMatchObject({ crashes: 0, lastExit: { reason: 'LOST', exitCode: null } });
  expect(house.running()).toHaveLength(1);
});

test('the end of an instance is noticed at once, by the end of its output', async () => {
  const { app, started } = watched(says('app'));
  await house.goLive('app', app);
  const stop = new AbortController();
  const all: string[] = [];
  const jobs = { ...engine.jobs, ask: async (name: string, id: string) => void all.push(`${name} ${id}`) };
  const collecting = collectOutput({ ...engine, jobs }, stop.signal);
  started[0]?.exit(1);
  await until(() => all.includes(`bring-back ${house.environment.id}`));
  stop.abort();
  await collecting;
});

const withHealthPath = (more = {}) =>
  house.engine.db.project.update({
    where: { id: house.environment.projectId },
    data: { settings: projectSettings.parse({ healthCheckPath: '/health', healthCheckTimeoutMs: 1_000, ...more }) },
  });

/** Serves everybody, and is healthy while `well` says so. */
const serves =
  (well: () => boolean): FakeApp =>
  (app) =>
    app.serve((request, response) => response.writeHead(request.url !== '/health' || well() ? 200 : 503).end('app'));

/** As many checks as it takes for each instance to be asked so often. */
async function checkHealth(watch: HealthWatch, times: number): Promise<string[]> {
  return asked(async (asking) => {
    for (let time = 0; time < times; time += 1) {
      aheadMs += 10_000;
      await (
        await lookAtHealth(asking, watch, never)
      ).done;
    }
  });
}

test('an instance that loses its health while it runs is replaced, once another one is healthy beside it', async () => {
  const { id } = house.environment;
  await withHealthPath();
  let isWell = true;
  const { app, started } = watched((instance) => {
    const isFirst = started.length === 1;
    serves(() => isWell || !isFirst)(instance);
  });
  const live = await house.goLive('app', app);
  const watch: HealthWatch = new Map();
  expect(await checkHealth(watch, 4)).toEqual([]);
  isWell = false;
  expect(await checkHealth(watch, 2)).toEqual([]);
  expect(await checkHealth(watch, 1)).toEqual([`bring-back ${id}`]);
  expect((await house.row(live.id)).instances).toMatchObject([{ state: 'RUNNING', unhealthySince: expect.any(Date) }]);
  aheadMs = 0;
  await bringBack(engine, id, never);
  const { instances } = await house.row(live.id);
  expect(instances.map(({ state, reason }) => [state, reason])).toEqual([
    ['STOPPED', 'UNHEALTHY'],
    ['RUNNING', null],
  ]);
  expect(house.running()).toEqual([live.id]);
  expect((await house.visit()).status).toBe(200);
  expect(await environmentRow()).toMatchObject({ observedState: 'RUNNING', restarts: 1 });
  expect(await countOf('instance.unhealthy')).toBe(1);
});

test('without a healthy one to take its place it keeps its visitors, and is left alone once it comes round', async () => {
  const { id } = house.environment;
  await withHealthPath();
  let isWell = true;
  const live = await house.goLive(
    'app',
    serves(() => isWell),
  );
  const watch: HealthWatch = new Map();
  await checkHealth(watch, 1);
  isWell = false;
  await checkHealth(watch, 3);
  await bringBack(engine, id, never);
  expect(await environmentRow()).toMatchObject({
    observedState: 'RUNNING',
    stateReason: expect.stringContaining('503') as unknown,
  });
  expect(house.running()).toEqual([live.id]);
  expect((await house.visit()).body).toBe('app');
  isWell = true;
  expect(await checkHealth(watch, 1)).toEqual([`bring-back ${id}`]);
  await bringBack(engine, id, never);
  expect(await environmentRow()).toMatchObject({ observedState: 'RUNNING', stateReason: null, restartAfter: null });
  expect((await house.row(live.id)).instances.filter(({ state }) => state === 'RUNNING')).toMatchObject([
    { id: live.instances[0]?.id, unhealthySince: null },
  ]);
});

test('after a reboot every environment comes back to what it is to be', async () => {
  const { db, machine, jobs } = house.engine;
  const others = [await anEnvironment(house.engine), await anEnvironment(house.engine)];
  house.engine.publish('main', says('main'));
  const all = [house.environment, ...others];
  for (const environment of all) {
    const { id } = await aDeployment(house.engine, environment);
    await deploy(engine, id, never);
  }
  const stopped = all[2]?.id ?? '';
  await db.environment.update({ where: { id: stopped }, data: { desiredState: 'STOPPED' } });
  // Containers that had ended are there after the boot, processes are not.
  const [first, ...rest] = [...machine.instances.values()];
  first?.exit(137);
  for (const { handle } of rest) machine.instances.delete(handle);
  const worker = await jobs.work(
    { ...idleHandlers, 'bring-back': (id, { signal }) => bringBack(engine, id, signal) },
    { concurrency: 2, attempts: 1, onFailed: async () => undefined },
  );
  await reconcile(engine);
  await until(() => house.running().length === 2);
  await worker.close(5_000);
  const observed = await db.environment.findMany({ where: { id: { in: all.map(({ id }) => id) } } });
  expect(new Map(observed.map(({ id, restarts }) => [id, restarts]))).toEqual(
    new Map(all.map(({ id }) => [id, id === stopped ? 0 : 1])),
  );
});

test('an app that does not get healthy keeps no other down', async () => {
  const hanging = house.environment;
  await withHealthPath({ healthCheckTimeoutMs: 60_000 });
  let isWell = true;
  const { app, started } = watched(serves(() => isWell));
  await house.goLive('app', app);
  const other = await anEnvironment(house.engine);
  house.engine.publish('other', says('other'));
  const { id } = await aDeployment(house.engine, other, { ref: 'other' });
  await deploy(engine, id, never);
  isWell = false;
  for (const instance of house.engine.machine.instances.values()) instance.exit(137);
  const starts = startPlaces({ places: 1, heldMs: 100, clock: systemClock });
  const worker = await startWorker({ ...engine, starts }, 1);
  await engine.jobs.ask('bring-back', hanging.id);
  await until(() => started.length === 2, 'the one that hangs to be started');
  await engine.jobs.ask('bring-back', other.id);
  await until(() => house.running().includes(id), 'the other to run');
  isWell = true;
  await worker.close(20_000);
});
