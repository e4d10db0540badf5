import { beforeEach, describe, expect, test } from 'vitest';
import { DeploymentFailure } from '@apployd/core/failure';
import { newId } from '@apployd/core/id';
import { MiB } from '@apployd/core/resources';
import { routeRollout, rolloutSettings } from '@apployd/core/rollout';
import { deploy } from '../deploy/deploy.js';
import { giveUp } from '../deploy/give-up.js';
import type { Engine } from '../engine.js';
import { bringBack } from '../instance/bring-back.js';
import { newRows } from '../instance/new-rows.js';
import { removeDead } from '../instance/sort-out.js';
import { mendRoutes } from '../reconcile/mend-routes.js';
import type { FakeApp } from '../runtime/fake.js';
import { aDeployment, anEnvironment } from '../testing/a-deployment.js';
import { mortal, newLife, type Life } from '../testing/model/mortal.js';
import { never, says, useEngine } from '../testing/use-engine.js';
import { advanceRollouts } from './advance.js';
import { noticeEnded } from './notice-ended.js';

const house = useEngine();
const steps = [
  { percent: 5, minutes: 10 },
  { percent: 50, minutes: 20 },
];
const settings = rolloutSettings.parse({ enabled: true, steps });
let oldId: string;
beforeEach(async () => {
  await house.engine.db.environment.update({ where: { id: house.environment.id }, data: { rollout: settings } });
  oldId = (await house.goLive('old')).id;
});

const release = async (app: FakeApp = says('new'), environment = house.environment) => {
  house.engine.publish('new', app);
  const { id } = await aDeployment(house.engine, environment, { ref: 'new' });
  await deploy(house.engine, id, never);
  return id;
};
const decided = (deploymentId: string, verdict: 'PROMOTED' | 'ABORTED' = 'PROMOTED') =>
  house.engine.db.rollout.update({
    where: { deploymentId },
    data: { verdict, reason: 'BY_HAND', sentence: 'By hand.' },
  });
/** Three instances are wanted from now on, smaller ones. */
const scaledUp = () =>
  house.engine.db.process.updateMany({
    where: { environmentId: house.environment.id },
    data: { desiredInstances: 3, memoryBytes: BigInt(48 * MiB) },
  });
const rollout = (deploymentId: string) => house.engine.db.rollout.findUniqueOrThrow({ where: { deploymentId } });
const route = async () => {
  const where = { hostname: house.environment.hostname };
  const { deploymentId, targets, rollout } = await house.engine.db.route.findUniqueOrThrow({ where });
  return { deploymentId, targets, rollout: routeRollout.nullable().parse(rollout) };
};
const targetsOf = async (deploymentId: string) =>
  (await house.row(deploymentId)).instances.map(({ host, port }) => `${host}:${port}`);
const machineOf = (deploymentId: string) =>
  [...house.engine.machine.instances.values()].find(({ request }) => request.deploymentId === deploymentId);
const later = (engine: Engine, minutes: number): Engine => {
  const now = () => new Date(engine.clock.now().getTime() + minutes * 60_000);
  return { ...engine, clock: { ...engine.clock, now } };
};
/** The same object with another member. */
const withMember = <T extends object>(object: T, name: keyof T, member: unknown): T =>
  new Proxy(object, { get: (target, key) => (key === name ? member : (Reflect.get(target, key) as unknown)) });
/** With it, what `tell` says is written down whenever an instance is stopped. */
const watched = (tell: () => Promise<unknown>) => {
  const told: unknown[] = [];
  const { runtime } = house.engine;
  const stop: typeof runtime.stop = async (...args) => {
    told.push(await tell());
    return runtime.stop(...args);
  };
  return { engine: { ...house.engine, runtime: { ...runtime, stop } }, told };
};
const mortals = (life: Life): Engine => {
  const { db, jobs, runtime } = house.engine;
  return { ...house.engine, db: mortal(db, life, 2), jobs: mortal(jobs, life), runtime: mortal(runtime, life) };
};
const expectServed = async () => {
  const { targets, rollout } = await route();
  const alive = [...house.engine.machine.instances.values()].filter(({ ended }) => !ended);
  const open = alive.map(({ host, port }) => `${host}:${port}`);
  expect(targets).not.toEqual([]);
  expect(open).toEqual(expect.arrayContaining([...targets, ...(rollout?.targets ?? [])]));
};
/** Once the edge has followed: who mends routes does not wait for it. */
const expectVisited = (body: string) => expect.poll(() => house.visit(), { timeout: 10_000 }).toMatchObject({ body });

describe('a promoted one', () => {
  test('keeps its instances and its share by a fault of ours, and the next try finishes it', async () => {
    const id = await release();
    await decided(id);
    const { db } = house.engine;
    let isGone = true;
    const findMany: typeof db.edge.findMany = (...args) => {
      if (!isGone) return db.edge.findMany(...args);
      isGone = false;
      throw new Error('the database is gone');
    };
    const failing = { ...house.engine, db: withMember(db, 'edge', withMember(db.edge, 'findMany', findMany)) };
    await expect(deploy(failing, id, never)).rejects.toThrow('the database is gone');
    expect(await route()).toMatchObject({ deploymentId: oldId, rollout: { deploymentId: id, percent: 5 } });
    expect(await house.row(id)).toMatchObject({ status: 'DEPLOYING', instances: [{ state: 'RUNNING' }] });
    await deploy(house.engine, id, never);
    expect(await house.row(id)).toMatchObject({ status: 'READY', serving: 'LIVE' });
    expect((await house.visit()).body).toBe('new');
  });

  test('leads nobody to what does not run, whichever single call fails, and goes live', async () => {
    let isFaulty = true;
    for (let fault = 1; isFaulty; fault += 5) {
      const id = await release();
      await decided(id);
      let calls = 0;
      const once = {
        isOver: false,
        calls: 0,
        step: () => (once.isOver = (calls += 1) === fault),
        endAfter: () => undefined,
      };
      await deploy(mortals(once), id, never).catch(() => undefined);
      isFaulty = calls >= fault;
      await expectServed();
      await deploy(house.engine, id, never);
      expect(await house.row(id)).toMatchObject({ status: 'READY', instances: [{ state: 'RUNNING' }] });
      expect((await route()).targets).toEqual(await targetsOf(id));
    }
  });

  test('has as many instances as are wanted by now before all visitors come, with the limits of now', async () => {
    const id = await release();
    const [before] = (await house.row(id)).instances;
    await scaledUp();
    await decided(id);
    await deploy(house.engine, id, never);
    const { status, instances } = await house.row(id);
    expect(status).toBe('READY');
    expect(instances).toMatchObject([
      { id: before?.id, state: 'RUNNING' },
      { state: 'RUNNING', memoryBytes: BigInt(48 * MiB) },
      { state: 'RUNNING', memoryBytes: BigInt(48 * MiB) },
    ]);
    expect(new Set((await route()).targets)).toEqual(new Set(await targetsOf(id)));
  });

  test('has all of them whichever call of an engine is its last', async () => {
    const id = await release();
    await scaledUp();
    await decided(id);
    for (let calls = 0, isOver = true; isOver; calls += 6) {
      const life = newLife(() => undefined);
      life.endAfter(calls);
      await deploy(mortals(life), id, never).catch(() => undefined);
      isOver = life.isOver;
      await expectServed();
    }
    await deploy(house.engine, id, never);
    expect(await house.row(id)).toMatchObject({ status: 'READY' });
    expect(house.running().filter((one) => one === id)).toHaveLength(3);
    expect(new Set((await route()).targets)).toEqual(new Set(await targetsOf(id)));
  });

  test('whose further instances do not become healthy is taken back', async () => {
    let count = 0;
    const id = await release((app) => {
      const status = (count += 1) === 1 ? 200 : 500;
      app.serve((_, response) => response.writeHead(status).end('new'));
    });
    await scaledUp();
    await decided(id);
    await deploy(house.engine, id, never);
    expect(await house.row(id)).toMatchObject({ status: 'FAILED', failureStage: 'HEALTH_CHECK' });
    expect(await route()).toMatchObject({ deploymentId: oldId, rollout: null });
    expect(house.running()).toEqual([oldId]);
  });

  test('of which an instance has ended is taken back, and never has all visitors', async () => {
    const id = await release();
    await decided(id);
    machineOf(id)?.exit(7);
    await deploy(house.engine, id, never);
    expect(await house.row(id)).toMatchObject({
      status: 'FAILED',
      failureCode: 'ROLLOUT_ABORTED',
      failureMessage: expect.stringContaining('exit code 7'),
    });
    expect(await route()).toMatchObject({ deploymentId: oldId, targets: await targetsOf(oldId), rollout: null });
    expect(await rollout(id)).toMatchObject({ verdict: 'ABORTED', reason: 'FAILED' });
  });

  test('whose instances are gone from the rows is taken back', async () => {
    const id = await release();
    await decided(id);
    await house.engine.db.instance.updateMany({ where: { deploymentId: id }, data: { state: 'STOPPED' } });
    await deploy(house.engine, id, never);
    expect(await house.row(id)).toMatchObject({ status: 'FAILED', failureCode: 'ROLLOUT_ABORTED' });
    expect((await house.visit()).body).toBe('old');
  });

  test('that is not healthy any more has not all visitors', async () => {
    let status = 200;
    const id = await release((app) => app.serve((_, response) => response.writeHead(status).end('new')));
    await decided(id);
    const { releaseId } = await house.row(id);
    const { settings: kept } = await house.engine.db.release.findUniqueOrThrow({ where: { id: releaseId ?? '' } });
    const impatient = { ...(kept as object), healthCheckTimeoutMs: 1_000 };
    await house.engine.db.release.update({ where: { id: releaseId ?? '' }, data: { settings: impatient } });
    status = 500;
    await deploy(house.engine, id, never);
    expect(await house.row(id)).toMatchObject({ status: 'FAILED', failureStage: 'HEALTH_CHECK' });
    expect(await route()).toMatchObject({ deploymentId: oldId, rollout: null });
    expect((await house.row(id)).steps.some(({ name }) => name === 'SWITCH')).toBe(false);
  });
});

describe('taking it back leads its visitors away before its instances end', () => {
  const failure = new DeploymentFailure('ROUTE_TIMEOUT', 'SWITCH', 'No edge took the new route in time.');

  test.each([['PROMOTED'], [null]] as const)('when a deployment is given up whose verdict is %s', async (verdict) => {
    const id = await release();
    if (verdict) await decided(id, verdict);
    const { engine, told } = watched(route);
    await giveUp(engine, id, failure);
    expect(told).toMatchObject([{ deploymentId: oldId, rollout: null }]);
    expect(await house.row(id)).toMatchObject({ status: 'FAILED', failureCode: 'ROUTE_TIMEOUT' });
    const why = { verdict: 'ABORTED', reason: 'FAILED', sentence: failure.message };
    expect(await rollout(id)).toMatchObject(why);
  });

  test('when one that was promoted is asked to end', async () => {
    const id = await release();
    await decided(id);
    await house.engine.db.deployment.update({ where: { id }, data: { cancelRequestedAt: new Date() } });
    const { engine, told } = watched(async () => ({ ...(await route()), ...(await rollout(id)) }));
    await deploy(engine, id, never);
    expect(told).toMatchObject([{ rollout: null, verdict: 'ABORTED', reason: 'CANCELED' }]);
  });
});

describe('an instance that ended', () => {
  test('aborts the rollout before anything of it is removed, whenever the engine dies', async () => {
    const id = await release();
    machineOf(id)?.exit(3);
    for (let calls = 0, isOver = true; isOver; calls += 1) {
      const life = newLife(() => undefined);
      life.endAfter(calls);
      await noticeEnded(mortals(life), never).catch(() => undefined);
      isOver = life.isOver;
      if ((await rollout(id)).verdict === null) expect((await house.row(id)).instances[0]?.state).toBe('RUNNING');
    }
    expect(await rollout(id)).toMatchObject({ verdict: 'ABORTED', reason: 'ENDED' });
    await deploy(house.engine, id, never);
    expect((await house.row(id)).failureMessage).toContain('exit code 3');
  });

  test.each(['STOPPING', 'STOPPED', 'CRASHED'] as const)('and is %s by its row aborts it', async (state) => {
    const id = await release();
    const data = { state, stoppedAt: state === 'STOPPING' ? null : new Date() };
    await house.engine.db.instance.updateMany({ where: { deploymentId: id }, data });
    await advanceRollouts(later(house.engine, 10), never);
    expect(await rollout(id)).toMatchObject({ verdict: 'ABORTED', reason: 'ENDED' });
  });

  test('before an earlier try was taken back says nothing of this one', async () => {
    const id = await release();
    const [instance] = (await house.row(id)).instances;
    if (!instance) throw new Error('It has an instance.');
    const before = { state: 'STOPPED', stoppedAt: new Date(instance.createdAt.getTime() - 60_000) } as const;
    await house.engine.db.instance.create({ data: { ...instance, id: newId(), ...before } });
    await advanceRollouts(house.engine, never);
    expect(await rollout(id)).toMatchObject({ verdict: null });
    await decided(id);
    await deploy(house.engine, id, never);
    expect(await house.row(id)).toMatchObject({ status: 'READY' });
  });

  test('and that an earlier try had begun to end is ended first, and says nothing of this one', async () => {
    const { db, settings } = house.engine;
    house.engine.publish('new', says('new'));
    const deployment = await aDeployment(house.engine, house.environment, { ref: 'new' });
    const process = await db.process.findFirstOrThrow({ where: { environmentId: house.environment.id, name: 'web' } });
    const [left] = await newRows({ db, settings }, deployment, process, 1);
    const where = { id: left?.id ?? '' };
    await db.instance.update({ where, data: { state: 'STOPPING' } });
    await deploy(house.engine, deployment.id, never);
    expect(await db.instance.findUniqueOrThrow({ where })).toMatchObject({ state: 'STOPPED' });
    await advanceRollouts(house.engine, never);
    expect(await rollout(deployment.id)).toMatchObject({ verdict: null });
    await decided(deployment.id);
    await deploy(house.engine, deployment.id, never);
    expect(await house.row(deployment.id)).toMatchObject({ status: 'READY' });
  });

  test('and left none aborts it', async () => {
    const id = await release();
    await house.engine.db.instance.deleteMany({ where: { deploymentId: id } });
    await advanceRollouts(house.engine, never);
    expect(await rollout(id)).toMatchObject({ verdict: 'ABORTED', reason: 'ENDED' });
  });
});

describe('its routes', () => {
  test('lead all visitors to it while nothing of what is live runs, and share them again afterwards', async () => {
    const id = await release();
    machineOf(oldId)?.exit(1);
    for (const instance of (await house.row(oldId)).instances) await removeDead(house.engine, instance);
    await mendRoutes(house.engine);
    expect(await route()).toEqual({ deploymentId: oldId, targets: await targetsOf(id), rollout: null });
    await expectVisited('new');
    const { version } = await house.engine.db.route.findUniqueOrThrow({
      where: { hostname: house.environment.hostname },
    });
    await mendRoutes(house.engine);
    expect(await house.engine.db.route.count({ where: { hostname: house.environment.hostname, version } })).toBe(1);
    await bringBack(house.engine, house.environment.id, never);
    await house.engine.db.environment.update({ where: { id: house.environment.id }, data: { restartAfter: null } });
    await bringBack(house.engine, house.environment.id, never);
    expect(await route()).toMatchObject({ deploymentId: oldId, rollout: { deploymentId: id, percent: 5 } });
    await expectVisited('old');
  });

  test('lead nobody to it once the environment is to run no more', async () => {
    await release();
    await house.engine.db.environment.update({
      where: { id: house.environment.id },
      data: { desiredState: 'STOPPED' },
    });
    await house.engine.db.instance.updateMany({ where: { deploymentId: oldId }, data: { state: 'STOPPED' } });
    await mendRoutes(house.engine);
    expect(await route()).toEqual({ deploymentId: oldId, targets: [], rollout: null });
  });

  test('are mended where they lead its share elsewhere', async () => {
    const id = await release();
    const astray = { deploymentId: id, targets: ['127.0.0.1:1'], percent: 5 };
    const where = { hostname: house.environment.hostname };
    await house.engine.db.route.update({ where, data: { rollout: astray } });
    await mendRoutes(house.engine);
    expect((await route()).rollout?.targets).toEqual(await targetsOf(id));
  });
});

describe('moving rollouts on', () => {
  test('leaves none behind, however few are looked at together', async () => {
    const other = await anEnvironment(house.engine);
    await house.engine.db.environment.update({ where: { id: other.id }, data: { rollout: settings } });
    house.engine.publish('old', says('old'));
    await deploy(house.engine, (await aDeployment(house.engine, other, { ref: 'old' })).id, never);
    const both = [await release(), await release(says('new'), other)];
    await advanceRollouts(later(house.engine, 20), never, 1);
    for (const id of both) expect(await rollout(id)).toMatchObject({ step: 1, percent: 50 });
    for (const id of both) await decided(id);
    await advanceRollouts(house.engine, never, 1);
    for (const id of both) expect(await house.engine.jobs.isAsked('deploy', id)).toBe(true);
  });

  test('tells of a step once, also where another engine was first', async () => {
    const id = await release();
    const { db } = house.engine;
    const engine = later(house.engine, 20);
    const include = { sides: true, deployment: { include: { instances: true, steps: true } } };
    const before = await db.rollout.findMany({ where: { deploymentId: id }, include });
    await advanceRollouts(engine, never);
    const stale = withMember(
      db,
      'rollout',
      withMember(db.rollout, 'findMany', async () => before),
    );
    await advanceRollouts({ ...engine, db: stale }, never);
    const where = { subjectId: id, type: 'rollout.stepped' };
    expect(await db.event.count({ where })).toBe(1);
    expect(await rollout(id)).toMatchObject({ step: 1, verdict: null });
  });

  test('a worker that comes to one that is not decided leaves it alone', async () => {
    const id = await release();
    const { db } = house.engine;
    const counts = withMember(db.deployment, 'count', async () => 0);
    await deploy({ ...house.engine, db: withMember(db, 'deployment', counts) }, id, never);
    expect(await house.row(id)).toMatchObject({ status: 'DEPLOYING', instances: [{ state: 'RUNNING' }] });
    expect(await route()).toMatchObject({ deploymentId: oldId, rollout: { deploymentId: id } });
  });
});
