import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '@apployd/core/clock';
import { crashesUntilCrashed } from '@apployd/core/crash';
import { newId } from '@apployd/core/id';
import { projectSettings } from '@apployd/core/settings';
import { deferred } from '@apployd/backplane/testing/deferred';
import { until } from '@apployd/backplane/testing/until';
import type { Engine } from '../engine.js';
import { bringBack } from '../instance/bring-back.js';
import { askForRested } from '../instance/watch-health.js';
import type { FakeApp, FakeInstance } from '../runtime/fake.js';
import { aDeployment } from '../testing/a-deployment.js';
import { never, says, useEngine } from '../testing/use-engine.js';
import { deploy } from './deploy.js';
import { retire } from './retire.js';

const house = useEngine();
let engine: Engine;
/** How far its clock is ahead. Edges live by the real time: none is seen by who is far ahead. */
let aheadMs: number;
/** What was started of the live app, in that order. */
let started: FakeInstance[];
let isHanging: boolean;
let letGo: () => void;
beforeEach(async () => {
  [aheadMs, started, isHanging, letGo] = [0, [], false, () => undefined];
  const { settings } = house.engine;
  // The machine that runs the tests may be slow: a build is held for as long as its test needs.
  const patient = { ...settings, stageTimeoutsMs: { ...settings.stageTimeoutsMs, BUILD: 100_000, RELEASE: 100_000 } };
  const clock = { ...systemClock, now: () => new Date(Date.now() + aheadMs) };
  engine = { ...house.engine, settings: patient, clock };
  await withSettings({ healthCheckTimeoutMs: 100_000 });
});
afterEach(() => letGo());

const withSettings = (more: Parameters<typeof projectSettings.parse>[0]) =>
  house.engine.db.project.update({
    where: { id: house.environment.projectId },
    data: { settings: projectSettings.parse(more) },
  });

/** Answers, or while `isHanging` does nothing at all. */
const live: FakeApp = (app) => {
  started.push(app);
  if (!isHanging) says('live')(app);
};

const environmentRow = () => engine.db.environment.findUniqueOrThrow({ where: { id: house.environment.id } });
const countOf = async (type: string) => (await house.events()).filter((other) => other === type).length;
/** As the job does that the end of an instance asks for. */
const asked = () => bringBack(engine, house.environment.id, never);

type Held = { readonly id: string; readonly done: Promise<void> };

/** A newer release at work whose build does not end before `letGo`. */
async function building(app: FakeApp = says('next')): Promise<Held> {
  const began = deferred();
  const gate = deferred();
  letGo = () => gate.resolve();
  house.engine.publish('next', app);
  house.engine.builder.before = async (signal) => {
    signal.addEventListener('abort', () => gate.reject(signal.reason as Error), { once: true });
    began.resolve();
    await gate.promise;
  };
  const { id } = await aDeployment(house.engine, house.environment, { ref: 'next' });
  const done = deploy(engine, id, never);
  done.catch(() => undefined);
  await began.promise;
  return { id, done };
}

async function aVolume(): Promise<void> {
  const { id: environmentId, organizationId, projectId } = house.environment;
  const own = { id: newId(), organizationId, projectId, environmentId, name: 'data', mountPath: '/data' };
  await engine.db.volume.create({ data: own });
}

describe('while a newer release is built', () => {
  test('what is live and crashes runs again, and visitors follow', async () => {
    const former = await house.goLive('live', live);
    const { id, done } = await building();
    started[0]?.exit(1);
    await asked();
    await until(async () => (await countOf('environment.restarted')) === 1);
    expect(await house.row(id)).toMatchObject({ status: 'BUILDING' });
    await until(async () => (await house.visit()).body === 'live');
    expect(await countOf('instance.crashed')).toBe(1);
    letGo();
    await done;
    expect(await house.row(id)).toMatchObject({ status: 'READY', serving: 'LIVE' });
    const { instances } = await house.row(former.id);
    expect(instances.map(({ state, exitCode }) => [state, exitCode])).toEqual([
      ['CRASHED', 1],
      ['RUNNING', null],
    ]);
  });

  test('what ends again and again rests, and ends as CRASHED with all its events', { timeout: 60_000 }, async () => {
    await house.goLive('live', live);
    const { id, done } = await building();
    for (let crash = 1; crash <= crashesUntilCrashed; crash += 1) {
      started.at(-1)?.exit(9);
      await asked();
      await until(async () => (await countOf('instance.crashed')) === crash, `crash ${crash} to be seen`);
      if (crash === crashesUntilCrashed) break;
      const { restartAfter } = await environmentRow();
      aheadMs += Math.max(0, (restartAfter?.getTime() ?? 0) - engine.clock.now().getTime());
      const jobs = { ...engine.jobs, ask: asked };
      if (restartAfter !== null) await askForRested({ ...engine, jobs });
      await until(async () => (await countOf('environment.restarted')) === crash, `start ${crash}`);
    }
    await until(async () => (await environmentRow()).observedState === 'CRASHED');
    expect(await environmentRow()).toMatchObject({
      stateReason: expect.stringMatching(/again and again.*exit code 9/) as unknown,
      crashes: crashesUntilCrashed,
    });
    expect(await countOf('environment.crashed')).toBe(1);
    expect(house.running()).toEqual([]);
    expect(await house.row(id)).toMatchObject({ status: 'BUILDING' });
    aheadMs = 0;
    letGo();
    await done;
    expect(await environmentRow()).toMatchObject({ observedState: 'RUNNING', stateReason: null, crashes: 0 });
    expect(house.running()).toEqual([id]);
  });

  test('what is half-started when the build ends is taken away before the new release starts', async () => {
    const former = await house.goLive('live', live);
    let beside: number | null = null;
    const { id, done } = await building((app) => {
      beside = house.running().length - 1;
      says('next')(app);
    });
    isHanging = true;
    started[0]?.exit(1);
    await asked();
    await until(() => house.running().length === 1);
    letGo();
    await done;
    expect(beside).toBe(0);
    expect(await house.row(id)).toMatchObject({ status: 'READY', serving: 'LIVE' });
    expect(house.running()).toEqual([id]);
    expect((await house.row(former.id)).instances.map(({ state }) => state)).toEqual(['CRASHED', 'STOPPED']);
    expect(await engine.db.deployment.count({ where: { ...ofHouse(), serving: 'LIVE' } })).toBe(1);
    await until(async () => (await house.visit()).body === 'next');
  });

  test('with a volume two instances never run at once', async () => {
    await aVolume();
    let most = 0;
    const alone =
      (app: FakeApp): FakeApp =>
      (instance) => {
        most = Math.max(most, house.running().length);
        app(instance);
      };
    await house.goLive('live', alone(live));
    const { id, done } = await building(alone(says('next')));
    started[0]?.exit(1);
    await asked();
    await until(() => started.length === 2 && house.running().length === 1);
    await until(async () => (await countOf('environment.restarted')) === 1);
    isHanging = true;
    started[1]?.exit(1);
    await asked();
    await until(async () => (await countOf('instance.crashed')) === 2);
    aheadMs += 60_000;
    await asked();
    await until(() => started.length === 3);
    aheadMs = 0;
    letGo();
    await done;
    expect(await house.row(id)).toMatchObject({ status: 'READY', stopsFirst: true });
    expect(house.running()).toEqual([id]);
    expect(most).toBe(1);
  });

  test('one that lost its health and was replaced by then is ended with its release, and all is said to be well', async () => {
    engine = { ...engine, settings: { ...engine.settings, drainMs: 100_000 } };
    const former = await house.goLive('live', live);
    const { id, done } = await building();
    await engine.db.instance.updateMany({ where: { deploymentId: former.id }, data: { unhealthySince: new Date() } });
    await asked();
    await until(async () => (await countOf('environment.restarted')) === 1);
    letGo();
    await done;
    expect(await house.row(id)).toMatchObject({ status: 'READY' });
    expect(await countOf('environment.degraded')).toBe(0);
    expect((await house.row(former.id)).instances.map(({ state }) => state)).toEqual(['STOPPING', 'RUNNING']);
    await retire(engine, former.id);
    expect(house.running()).toEqual([id]);
  });

  test('a cancellation ends it, and what is live is asked for at once', async () => {
    const former = await house.goLive('live', live);
    const { id, done } = await building();
    isHanging = true;
    started[0]?.exit(1);
    await asked();
    await until(() => house.running().length === 1);
    await engine.db.deployment.update({ where: { id }, data: { cancelRequestedAt: new Date() } });
    engine.events.publish('deployment', id);
    await done;
    expect(await house.row(id)).toMatchObject({ status: 'CANCELED' });
    expect(house.running()).toEqual([]);
    expect(await engine.jobs.isAsked('bring-back', house.environment.id)).toBe(true);
    isHanging = false;
    await asked();
    expect(house.running()).toEqual([former.id]);
  });

  test('who loses the lease ends it, and says nothing of how the environment stands', async () => {
    engine = { ...engine, settings: { ...engine.settings, leaseMs: 5_000 } };
    await house.goLive('live', live);
    const { id, done } = await building();
    isHanging = true;
    started[0]?.exit(1);
    await asked();
    await until(() => house.running().length === 1);
    const key = `environment:${house.environment.id}`;
    await engine.db.lease.update({ where: { key }, data: { expiresAt: new Date(0) } });
    await engine.leases.hold(key, 100_000, async () => {
      await expect(done).rejects.toMatchObject({ name: 'LeaseLost' });
      expect(house.running()).toEqual([]);
      expect(await environmentRow()).toMatchObject({ observedState: 'RUNNING', stateReason: null });
    });
    house.engine.builder.before = async () => undefined;
    await deploy(engine, id, never);
    expect(await house.row(id)).toMatchObject({ status: 'READY' });
    expect(house.running()).toEqual([id]);
  });

  test('a fault in it fails nothing of the deployment', async () => {
    await house.goLive('live', live);
    let isBroken = true;
    const inspect: Engine['runtime']['inspect'] = (handle) =>
      isBroken ? Promise.reject(new Error('nobody can tell')) : house.engine.runtime.inspect(handle);
    engine = { ...engine, runtime: { ...engine.runtime, inspect } };
    const { id, done } = await building();
    await asked();
    await until(() => house.engine.said.some((line) => line.includes('could not see to what is live')));
    isBroken = false;
    letGo();
    await done;
    expect(await house.row(id)).toMatchObject({ status: 'READY' });
  });

  test('what runs on another server is left alone', async () => {
    const former = await house.goLive('live', live);
    const { id } = await engine.db.server.create({
      data: { id: newId(), name: newId(), runtime: 'fake', memoryBytes: 1n, cpuMillicores: 1, heartbeatAt: new Date() },
    });
    await engine.db.deployment.update({ where: { id: former.id }, data: { serverId: id } });
    let looks = 0;
    const inspect: Engine['runtime']['inspect'] = (handle) => {
      looks += 1;
      return house.engine.runtime.inspect(handle);
    };
    engine = { ...engine, runtime: { ...engine.runtime, inspect } };
    const held = await building();
    started[0]?.exit(1);
    await engine.clock.sleep(500);
    expect([looks, house.running()]).toEqual([0, []]);
    letGo();
    await held.done;
  });
});

test('while the release command runs what is live and crashes runs again', async () => {
  const former = await house.goLive('live', live);
  await withSettings({ healthCheckTimeoutMs: 100_000, releaseCommand: ['migrate'] });
  const command = deferred<FakeInstance>();
  house.engine.publish('next', (app) => (app.request.process === 'web' ? says('next')(app) : command.resolve(app)));
  const { id } = await aDeployment(house.engine, house.environment, { ref: 'next' });
  const done = deploy(engine, id, never);
  const migrating = await command.promise;
  started[0]?.exit(1);
  await asked();
  await until(async () => (await countOf('environment.restarted')) === 1);
  expect(house.running().sort()).toEqual([former.id, id].sort());
  expect((await house.row(id)).steps.map(({ name }) => name)).not.toContain('START');
  migrating.exit(0);
  await done;
  expect(await house.row(id)).toMatchObject({ status: 'READY' });
});

const ofHouse = () => ({ environmentId: house.environment.id });
