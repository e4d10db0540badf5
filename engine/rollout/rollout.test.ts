import { beforeEach, describe, expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { latencyBucketOf, noLatencies } from '@apployd/core/latency';
import { routeRollout, rolloutSettings } from '@apployd/core/rollout';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import { deploy } from '../deploy/deploy.js';
import type { Engine } from '../engine.js';
import { bringBack } from '../instance/bring-back.js';
import { askForLost } from '../reconcile/ask-for-lost.js';
import { mendRoutes } from '../reconcile/mend-routes.js';
import { putToSleep } from '../sleep/put-to-sleep.js';
import { aDeployment } from '../testing/a-deployment.js';
import type { TestEngine } from '../testing/an-engine.js';
import { mortal, newLife } from '../testing/model/mortal.js';
import { reconcile } from '../testing/reconcile.js';
import { never, says, useEngine } from '../testing/use-engine.js';
import { advanceRollouts } from './advance.js';
import { noticeEnded } from './notice-ended.js';

const house = useEngine();
const steps = [
  { percent: 5, minutes: 10 },
  { percent: 50, minutes: 20 },
];
const settings = rolloutSettings.parse({ enabled: true, steps, minRequests: 100 });
let engine: TestEngine & { later(minutes: number): void };
let oldId: string;
beforeEach(async () => {
  let past = 0;
  const { clock } = house.engine;
  const now = () => new Date(clock.now().getTime() + past * 60_000);
  engine = { ...house.engine, clock: { ...clock, now }, later: (minutes) => (past += minutes) };
  await house.engine.db.environment.update({ where: { id: house.environment.id }, data: { rollout: settings } });
  oldId = (await house.goLive('old')).id;
});

const release = async (data: Partial<Prisma.DeploymentUncheckedCreateInput> = {}, app = says('new')) => {
  engine.publish('new', app);
  const { id } = await aDeployment(engine, house.environment, { ref: 'new', ...data });
  await deploy(engine, id, never);
  return id;
};
const route = async () => {
  const row = await engine.db.route.findUniqueOrThrow({ where: { hostname: house.environment.hostname } });
  return { deploymentId: row.deploymentId, rollout: routeRollout.nullable().parse(row.rollout) };
};
const percent = async () => (await route()).rollout?.percent ?? null;
const rollout = (deploymentId: string) => engine.db.rollout.findUniqueOrThrow({ where: { deploymentId } });
/** An edge says what both sides have answered so far, each within so many milliseconds. */
async function answered(
  deploymentId: string,
  sides: Record<'old' | 'new', { count: number; errors?: number; ms?: number }>,
) {
  for (const [side, { count, errors = 0, ms = 20 }] of Object.entries(sides)) {
    const latency = noLatencies();
    latency[latencyBucketOf(ms)] = count;
    const id = { deploymentId, edgeId: newId(), isNew: side === 'new' };
    await engine.db.rolloutSide.deleteMany({ where: { deploymentId, isNew: id.isNew } });
    await engine.db.rolloutSide.create({ data: { ...id, errors: BigInt(errors), latency } });
  }
}
/** The schedule's next look, and what it asks a worker for, whose edges live by the true time. */
const look = async () => {
  const data = { heartbeatAt: engine.clock.now() };
  await engine.db.server.update({ where: { id: engine.settings.serverId }, data });
  await advanceRollouts(engine, never);
  const decided = await engine.db.deployment.findMany({ where: { status: 'DEPLOYING' }, select: { id: true } });
  for (const { id } of decided) await deploy(house.engine, id, never);
};
const told = async (type: string) => {
  const events = await engine.db.event.findMany({ where: { streamId: house.environment.projectId, type } });
  return events.map(({ data }) => data);
};

test('a new release has its first share beside what is live, and no worker waits for it', async () => {
  const id = await release();
  expect(await house.row(id)).toMatchObject({
    status: 'DEPLOYING',
    serving: 'NONE',
    instances: [{ state: 'RUNNING' }],
  });
  expect(await house.row(oldId)).toMatchObject({ serving: 'LIVE' });
  expect(await route()).toMatchObject({ deploymentId: oldId, rollout: { deploymentId: id, percent: 5 } });
  expect(await rollout(id)).toMatchObject({ step: 0, formerId: oldId, verdict: null });
  expect(await told('rollout.started')).toMatchObject([{ percent: 5, step: 0 }]);
  expect(
    await engine.db.lease.count({
      where: { key: `environment:${house.environment.id}`, expiresAt: { gt: new Date() } },
    }),
  ).toBe(0);
  const stage = (await house.row(id)).steps.find(({ name }) => name === 'ROLLOUT');
  expect(stage).toMatchObject({ finishedAt: null, result: null });
});

test('it takes its steps by the schedule, and goes live after the last', async () => {
  const id = await release();
  await answered(id, { old: { count: 1_000 }, new: { count: 200 } });
  await look();
  expect(await percent()).toBe(5);
  engine.later(10);
  await look();
  expect(await percent()).toBe(50);
  expect(await told('rollout.stepped')).toMatchObject([
    { percent: 50, old: { requests: 1_000 }, new: { requests: 200 } },
  ]);
  engine.later(19);
  await look();
  expect(await percent()).toBe(50);
  engine.later(1);
  await look();
  expect(await route()).toEqual({ deploymentId: id, rollout: null });
  expect(await house.row(id)).toMatchObject({ status: 'READY', serving: 'LIVE' });
  expect(await house.row(oldId)).toMatchObject({ serving: 'STANDBY', standbyReason: 'REPLACED' });
  expect((await house.visit()).body).toBe('new');
  expect(await told('rollout.promoted')).toMatchObject([{ reason: 'SCHEDULE' }]);
  const results = (await house.row(id)).steps.map(({ name, result }) => `${name} ${result}`);
  expect(results).toEqual(expect.arrayContaining(['ROLLOUT SUCCEEDED', 'SWITCH SUCCEEDED']));
});

describe('the rule', () => {
  test.each([
    ['it fails more than the former', { count: 200, errors: 10 }, 'ERROR_RATE', /fails 5 %/],
    ['it is slower than the former', { count: 200, ms: 500 }, 'P95', /within \d/],
  ])('takes a release back when %s, and leaves nothing of it', async (_name, figures, reason, sentence) => {
    const id = await release();
    await answered(id, { old: { count: 1_000 }, new: figures });
    await advanceRollouts(engine, never);
    expect(await route()).toEqual({ deploymentId: oldId, rollout: null });
    await deploy(engine, id, never);
    const failed = await house.row(id);
    expect(failed).toMatchObject({ status: 'FAILED', failureCode: 'ROLLOUT_ABORTED', failureStage: 'ROLLOUT' });
    expect(failed.failureMessage).toMatch(sentence);
    expect(failed.instances).toMatchObject([{ state: 'STOPPED' }]);
    expect(house.running()).toEqual([oldId]);
    expect(await rollout(id)).toMatchObject({ verdict: 'ABORTED', reason });
    expect(await told('rollout.aborted')).toMatchObject([{ reason, new: { requests: 200 } }]);
    expect((await house.visit()).body).toBe('old');
  });

  test('judges nothing by too few requests, and waits for more no longer than the step lasts again', async () => {
    const id = await release();
    await answered(id, { old: { count: 1_000 }, new: { count: 99, errors: 4 } });
    engine.later(19);
    await look();
    expect(await percent()).toBe(5);
    engine.later(1);
    await look();
    expect(await percent()).toBe(50);
    expect(await rollout(id)).toMatchObject({ verdict: null, step: 1 });
  });

  test('judges each step by itself too, so that what becomes worse late is seen soon', async () => {
    const id = await release();
    await answered(id, { old: { count: 50_000 }, new: { count: 50_000 } });
    engine.later(10);
    await look();
    expect(await rollout(id)).toMatchObject({ step: 1 });
    await answered(id, { old: { count: 50_099 }, new: { count: 50_200, errors: 100 } });
    await look();
    expect(await rollout(id)).toMatchObject({ verdict: null });
    await answered(id, { old: { count: 50_100 }, new: { count: 50_200, errors: 100 } });
    await look();
    expect(await rollout(id)).toMatchObject({
      ...{ verdict: 'ABORTED', reason: 'ERROR_RATE' },
      sentence: expect.stringContaining('50 % of its requests since this step began'),
    });
  });

  test('has the errors of a release count for which the former has hardly any visitors left', async () => {
    const id = await release();
    await answered(id, { old: { count: 10 }, new: { count: 1_000, errors: 450 } });
    engine.later(20);
    await look();
    expect(await rollout(id)).toMatchObject({ verdict: 'ABORTED', reason: 'ERROR_RATE' });
    expect(await house.row(id)).toMatchObject({ status: 'FAILED', failureCode: 'ROLLOUT_ABORTED' });
  });

  test('takes a release back of which an instance ends', async () => {
    const id = await release();
    const instance = [...engine.machine.instances.values()].find(({ request }) => request.deploymentId === id);
    instance?.exit(3);
    await noticeEnded(engine, never);
    expect(await route()).toEqual({ deploymentId: oldId, rollout: null });
    await look();
    expect(await house.row(id)).toMatchObject({
      status: 'FAILED',
      failureMessage: expect.stringContaining('exit code 3'),
    });
  });
});

describe('by hand', () => {
  /** As the server writes it. */
  const decided = (deploymentId: string, verdict: 'PROMOTED' | 'ABORTED') =>
    engine.db.rollout.update({ where: { deploymentId }, data: { verdict, reason: 'BY_HAND', sentence: 'By hand.' } });

  test('it is promoted at any step', async () => {
    const id = await release();
    await decided(id, 'PROMOTED');
    await look();
    expect(await house.row(id)).toMatchObject({ status: 'READY', serving: 'LIVE' });
    expect(await told('rollout.promoted')).toMatchObject([{ reason: 'BY_HAND' }]);
  });

  test('who aborts or cancels it has all visitors back at what is live, and the new one ends after them', async () => {
    const id = await release();
    await engine.db.deployment.update({ where: { id }, data: { cancelRequestedAt: new Date() } });
    await look();
    const ended = await house.row(id);
    expect(ended).toMatchObject({ status: 'CANCELED', instances: [{ state: 'STOPPED' }] });
    expect(await route()).toEqual({ deploymentId: oldId, rollout: null });
    expect(await rollout(id)).toMatchObject({ verdict: 'ABORTED', reason: 'CANCELED' });
    expect(ended.steps.find(({ name }) => name === 'ROLLOUT')).toMatchObject({ result: 'CANCELED' });
  });

  test('a newer deployment supersedes it, and has a rollout of its own', async () => {
    const id = await release();
    const newer = await aDeployment(engine, house.environment, { ref: 'new' });
    await engine.db.deployment.update({ where: { id }, data: { supersededById: newer.id } });
    await look();
    expect(await house.row(id)).toMatchObject({ status: 'SUPERSEDED' });
    expect(await rollout(id)).toMatchObject({ verdict: 'ABORTED', reason: 'SUPERSEDED' });
    await deploy(engine, newer.id, never);
    expect(await route()).toMatchObject({ deploymentId: oldId, rollout: { deploymentId: newer.id, percent: 5 } });
  });
});

describe('all visitors come at once', () => {
  test.each([
    ['what brings a kept release back', { trigger: 'ROLLBACK' }],
    ['what was asked to', { gradual: false }],
  ] as const)('to %s', async (_name, data) => {
    const { releaseId } = await house.row(oldId);
    const more = 'trigger' in data ? { ...data, releaseId } : data;
    const id = await release(more);
    expect(await house.row(id)).toMatchObject({ status: 'READY', serving: 'LIVE' });
    expect(await engine.db.rollout.count({ where: { deploymentId: id } })).toBe(0);
  });

  test('where a volume allows one release at a time, and it is said why', async () => {
    const { organizationId, projectId, id: environmentId } = house.environment;
    const volume = { id: newId(), organizationId, projectId, environmentId, name: 'data', mountPath: '/data' };
    await engine.db.volume.create({ data: volume });
    const id = await release();
    const ready = await house.row(id);
    expect(ready).toMatchObject({ status: 'READY' });
    const stage = ready.steps.find(({ name }) => name === 'ROLLOUT');
    expect(stage).toMatchObject({ result: 'REUSED', reason: expect.stringContaining('volume') });
  });

  test('where settings say nothing, but a deployment may have it otherwise', async () => {
    await engine.db.environment.update({ where: { id: house.environment.id }, data: { rollout: {} } });
    expect(await house.row(await release())).toMatchObject({ status: 'READY' });
    expect(await house.row(await release({ gradual: true }))).toMatchObject({ status: 'DEPLOYING' });
  });
});

describe('while it lasts', () => {
  test('what is live is brought back when it ends, and the share stays', async () => {
    const id = await release();
    const instance = [...engine.machine.instances.values()].find(({ request }) => request.deploymentId === oldId);
    instance?.exit(1);
    await bringBack(house.engine, house.environment.id, never);
    await engine.db.environment.update({ where: { id: house.environment.id }, data: { restartAfter: null } });
    await bringBack(house.engine, house.environment.id, never);
    expect(await route()).toMatchObject({ deploymentId: oldId, rollout: { deploymentId: id, percent: 5 } });
    expect((await house.visit()).body).toBe('old');
  });

  test('reconciling finds nothing to mend, and mends a route that says something else', async () => {
    const id = await release();
    const where = { hostname: house.environment.hostname };
    const { version } = await engine.db.route.findUniqueOrThrow({ where });
    await reconcile(engine);
    await askForLost(engine);
    expect(await engine.jobs.isAsked('deploy', id)).toBe(false);
    expect(await engine.db.route.findUniqueOrThrow({ where })).toMatchObject({ version });
    expect(await house.row(id)).toMatchObject({ status: 'DEPLOYING', instances: [{ state: 'RUNNING' }] });
    await engine.db.route.update({
      where,
      data: { rollout: { deploymentId: id, targets: ['x:1'], percent: 9 } },
    });
    await mendRoutes(engine);
    expect(await percent()).toBe(5);
  });

  test('nobody puts the environment to sleep', async () => {
    const id = await release();
    const where = { id: house.environment.id };
    await engine.db.environment.update({ where, data: { desiredState: 'LIGHT_SLEEP' } });
    await putToSleep(engine, house.environment.id, never);
    expect(await engine.db.environment.findUniqueOrThrow({ where })).toMatchObject({ observedState: 'RUNNING' });
    expect(await route()).toMatchObject({ rollout: { deploymentId: id } });
  });

  test('a worker that is asked for it has nothing to do', async () => {
    const id = await release();
    const before = await house.row(id);
    await deploy(engine, id, never);
    expect(await house.row(id)).toEqual(before);
  });
});

/** Kills whoever works after so many calls, each time after one more, until the work ends without a death. */
async function killedEverywhere(
  work: (dying: Engine) => Promise<unknown>,
  check: () => Promise<void>,
): Promise<number> {
  for (let calls = 0; ; calls += 1) {
    const life = newLife(() => undefined);
    const { db, jobs, runtime } = engine;
    const mortals = { db: mortal(db, life, 2), jobs: mortal(jobs, life), runtime: mortal(runtime, life) };
    life.endAfter(calls);
    await work({ ...engine, ...mortals }).catch(() => undefined);
    if (!life.isOver) return calls;
    await check();
  }
}

describe('an engine that dies', () => {
  test('while it moves a rollout on leaves it at a step, whole, and another one goes on', async () => {
    const id = await release();
    await answered(id, { old: { count: 1_000 }, new: { count: 200 } });
    engine.later(10);
    const deaths = await killedEverywhere(
      (dying) => advanceRollouts(dying, never),
      async () => {
        const row = await rollout(id);
        expect([`0 5 5`, `1 50 50`]).toContain(`${row.step} ${row.percent} ${await percent()}`);
      },
    );
    expect(deaths).toBeGreaterThan(5);
    expect(await rollout(id)).toMatchObject({ step: 1, percent: 50 });
    expect(await told('rollout.stepped')).toHaveLength(1);
  });

  test('while it decides against one leaves all visitors at what is live, and the next one ends it', async () => {
    const id = await release();
    await answered(id, { old: { count: 1_000 }, new: { count: 200, errors: 200 } });
    await killedEverywhere(
      (dying) => advanceRollouts(dying, never),
      async () => {
        const { verdict } = await rollout(id);
        expect(`${verdict} ${await percent()}`).toMatch(/^(null 5|ABORTED null)$/);
      },
    );
    await look();
    expect(await house.row(id)).toMatchObject({ status: 'FAILED', failureCode: 'ROLLOUT_ABORTED' });
    expect(house.running()).toEqual([oldId]);
    expect(await told('rollout.aborted')).toHaveLength(1);
  });
});
