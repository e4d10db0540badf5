import { beforeEach, describe, expect, test } from 'vitest';
import { DeploymentFailure } from '@apployd/core/failure';
import { projectSettings, type ProjectSettings } from '@apployd/core/settings';
import { idleHandlers } from '@apployd/backplane/testing/idle-handlers';
import { until } from '@apployd/backplane/testing/until';
import type { Environment } from '@apployd/prisma/generated/client/client';
import type { FakeApp } from '../runtime/fake.js';
import { aDeployment, aSibling } from '../testing/a-deployment.js';
import { repositoryUrl, type TestEngine } from '../testing/an-engine.js';
import { never, says, useEngine } from '../testing/use-engine.js';
import { deploy } from './deploy.js';
import { giveUp } from './give-up.js';
import { retire } from './retire.js';

const house = useEngine();
const { row, goLive, events } = house;
let engine: TestEngine;
let environment: Environment;
beforeEach(() => {
  ({ engine, environment } = house);
});

test('a queued deployment becomes a live URL, and leaves a trace of each step', async () => {
  const live = await goLive('one');
  expect(live).toMatchObject({ status: 'READY', serving: 'LIVE', url: `http://${environment.hostname}` });
  expect(live.steps.map(({ name, finishedAt, result }) => [name, finishedAt !== null, result]).sort()).toEqual(
    ['BUILD', 'FETCH', 'HEALTH_CHECK', 'START', 'SWITCH'].map((name) => [name, true, 'SUCCEEDED']),
  );
  expect(live.instances).toMatchObject([{ state: 'RUNNING' }]);
  expect(await engine.edge.visit(environment.hostname)).toEqual({ status: 200, body: 'one' });
  expect(await events()).toEqual(['deployment.building', 'deployment.deploying', 'deployment.ready']);
  const log = await engine.logs.read(`build:${live.id}`, { limit: 100 });
  expect(log.ended).toBe(true);
  expect(log.lines.map(({ message }) => message)).toContain('building one');
});

test('what is down for maintenance can be deployed, and its visitors are kept out as before', async () => {
  const edge = { maintenance: true };
  await engine.db.environment.update({ where: { id: environment.id }, data: { edge } });
  expect(await goLive('one')).toMatchObject({ status: 'READY', serving: 'LIVE' });
  expect((await engine.edge.visit(environment.hostname)).status).toBe(503);
});

/** Does not wait long for edges, for tests where none follows. */
const impatient = () => ({ ...engine, settings: { ...engine.settings, routeTimeoutMs: 500 } });
const step = async (id: string, name: string) => (await row(id)).steps.find((one) => one.name === name);

test('running it again changes nothing', async () => {
  const live = await goLive('one');
  await deploy(engine, live.id, never);
  expect(await row(live.id)).toEqual(live);
  expect(engine.builder.builds).toBe(1);
});

test('a new release replaces the old one, which is ended by a job of its own and can come back', async () => {
  const first = await goLive('one');
  const second = await goLive('two');
  expect(await row(first.id)).toMatchObject({ serving: 'STANDBY', standbyReason: 'REPLACED' });
  expect(engine.machine.instances.size).toBe(2);
  await retire(engine, first.id);
  await retire(engine, second.id);
  expect([...engine.machine.instances.values()].map(({ request }) => request.deploymentId)).toEqual([second.id]);
  expect((await row(first.id)).instances).toMatchObject([{ state: 'STOPPED' }]);

  const back = await aDeployment(engine, environment, {
    trigger: 'ROLLBACK',
    rollbackOfId: first.id,
    releaseId: first.releaseId,
  });
  await deploy(engine, back.id, never);
  expect(await row(back.id)).toMatchObject({ status: 'READY', serving: 'LIVE', releaseId: first.releaseId });
  expect(await row(second.id)).toMatchObject({ serving: 'STANDBY', standbyReason: 'ROLLED_BACK' });
  expect(engine.builder.builds).toBe(2);
  expect((await engine.edge.visit(environment.hostname)).body).toBe('one');
});

test.each<[string, FakeApp, string, RegExp]>([
  ['crashes', (app) => app.exit(7), 'START_CRASH', /exit code 7/],
  ['needs too much memory', (app) => app.use({ memoryBytes: 2 ** 40 }), 'OUT_OF_MEMORY', /64 MiB/],
  ['never listens', () => undefined, 'PORT_NOT_OPEN', /PORT/],
  ['listens elsewhere', (app) => app.serve((_, response) => response.end(), 8080), 'PORT_NOT_OPEN', /8080/],
  [
    'answers with errors',
    (app) => app.serve((_, response) => response.writeHead(503).end()),
    'HEALTH_CHECK_TIMEOUT',
    /503/,
  ],
])(
  'an app that %s fails with its own code; visitors keep the old release and nothing is left',
  async (name, app, code, sentence) => {
    const good = await goLive('good');
    const failed = await goLive('bad', app);
    expect(failed, name).toMatchObject({
      status: 'FAILED',
      failureCode: code,
      failureStage: 'HEALTH_CHECK',
      releaseId: null,
    });
    expect(failed.failureMessage).toMatch(sentence);
    expect(failed.failureLogSequence).toBeGreaterThan(0n);
    expect((await engine.edge.visit(environment.hostname)).body).toBe('good');
    expect([...engine.machine.instances.values()].map(({ request }) => request.deploymentId)).toEqual([good.id]);
    expect([...engine.machine.apps.keys()]).toEqual([good.id]);
  },
);

const listens: FakeApp = (app) => app.serve((_, response) => response.writeHead(503).end('not over HTTP'));
const answersCommands =
  (exitCode: number, output: string): FakeApp =>
  (app) => {
    listens(app);
    app.onCommand(([program]) => (program === 'check' ? { exitCode, output } : { exitCode: 127, output: '' }));
  };

describe('a health check of another kind', () => {
  const choose = (settings: Partial<ProjectSettings>) =>
    engine.db.project.update({
      where: { id: environment.projectId },
      data: { settings: projectSettings.parse({ healthCheckTimeoutMs: 1_000, ...settings }) },
    });

  test('TCP is content with an open port, and visitors never notice one that stays closed', async () => {
    await choose({ healthCheckKind: 'TCP' });
    const live = await goLive('open', listens);
    expect(live).toMatchObject({ status: 'READY' });
    const failed = await goLive('closed', () => undefined);
    expect(failed).toMatchObject({ status: 'FAILED', failureCode: 'PORT_NOT_OPEN' });
    expect(await engine.edge.visit(environment.hostname)).toEqual({ status: 503, body: 'not over HTTP' });
    expect(house.running()).toEqual([live.id]);
  });

  test('COMMAND asks inside the instance, and visitors never notice a command that fails', async () => {
    await choose({ healthCheckKind: 'COMMAND', healthCheckCommand: ['check', 'all', 'of it'] });
    const live = await goLive('well', answersCommands(0, ''));
    expect(live).toMatchObject({ status: 'READY' });
    const failed = await goLive('ill', answersCommands(4, 'looking\nno database\n'));
    expect(failed).toMatchObject({ status: 'FAILED', failureCode: 'HEALTH_CHECK_TIMEOUT' });
    expect(failed.failureMessage).toBe(
      'The health check command `check all of it` ended with exit code 4, and said: no database. It has to end with 0 within 1 s; mend the app or set another command.',
    );
    expect(await engine.edge.visit(environment.hostname)).toEqual({ status: 503, body: 'not over HTTP' });
    expect(house.running()).toEqual([live.id]);
  });

  test('a check that hangs counts as failed once its own time is over', async () => {
    await choose({ healthCheckKind: 'COMMAND', healthCheckCommand: ['check'], healthCheckAnswerMs: 100 });
    const failed = await goLive('hangs', (app) => {
      listens(app);
      app.onCommand(() => new Promise(() => undefined));
    });
    expect(failed).toMatchObject({ status: 'FAILED', failureCode: 'HEALTH_CHECK_TIMEOUT' });
    expect(failed.failureMessage).toContain('took longer than 100 ms');
  });
});

test('as many instances as are wanted go live, and share the visitors', async () => {
  await engine.db.process.updateMany({ where: { environmentId: environment.id }, data: { desiredInstances: 3 } });
  const live = await goLive('three', (app) => app.serve((_, response) => response.end(app.request.instanceId)));
  expect(live.instances.map(({ state }) => state)).toEqual(['RUNNING', 'RUNNING', 'RUNNING']);
  const route = await engine.db.route.findUniqueOrThrow({ where: { hostname: environment.hostname } });
  expect(new Set(route.targets).size).toBe(3);
});

test('one instance that does not get healthy fails the deployment, and none of them is left', async () => {
  await engine.db.process.updateMany({ where: { environmentId: environment.id }, data: { desiredInstances: 3 } });
  let started = 0;
  const failed = await goLive('odd', (app) => ((started += 1) === 2 ? app.exit(5) : says('odd')(app)));
  expect(failed).toMatchObject({ status: 'FAILED', failureCode: 'START_CRASH' });
  expect(engine.machine.instances.size).toBe(0);
});

test.each<[string, () => Promise<unknown>]>([
  ['has gone', () => engine.db.allocation.delete({ where: { projectId: environment.projectId } })],
  [
    'has shrunk',
    () =>
      engine.db.process.updateMany({
        where: { environmentId: environment.id },
        data: { desiredInstances: 2, chosenMemoryBytes: 200n * 1024n ** 2n },
      }),
  ],
])('a slice that %s while the release was built fails the deployment before anything is started', async (_, change) => {
  engine.builder.before = async () => void (await change());
  const failed = await goLive('late');
  expect(failed).toMatchObject({
    status: 'FAILED',
    failureCode: 'SLICE_TOO_SMALL',
    failureStage: 'START',
    instances: [],
  });
  expect(failed.failureMessage).toMatch(/slice.*then deploy again\.$/);
});

test('a source that cannot be had fails with the code that its port gives', async () => {
  engine.source.publish(
    repositoryUrl,
    new DeploymentFailure('SOURCE_REF_NOT_FOUND', 'FETCH', 'There is no such branch.'),
  );
  const deployment = await aDeployment(engine, environment);
  await deploy(engine, deployment.id, never);
  expect(await row(deployment.id)).toMatchObject({
    status: 'FAILED',
    failureCode: 'SOURCE_REF_NOT_FOUND',
    failureMessage: 'There is no such branch.',
    failureStage: 'FETCH',
    steps: [{ result: 'FAILED', reasonCode: 'SOURCE_REF_NOT_FOUND', reason: 'There is no such branch.' }],
  });
  const told = await engine.db.event.findFirst({ where: { subjectId: deployment.id, type: 'deployment.failed' } });
  expect(told?.data).toMatchObject({ code: 'SOURCE_REF_NOT_FOUND', reason: 'There is no such branch.' });
});

test('a release that no edge takes is put back: visitors keep the old one', async () => {
  await goLive('good');
  engine.publish('unseen', says('unseen'));
  const unseen = await aDeployment(engine, environment, { ref: 'unseen' });
  engine.edge.follows = false;
  await deploy(impatient(), unseen.id, never);
  engine.edge.follows = true;
  expect(await row(unseen.id)).toMatchObject({ status: 'FAILED', failureCode: 'ROUTE_TIMEOUT' });
  await until(async () => (await engine.edge.visit(environment.hostname)).body === 'good');
  expect(engine.machine.instances.size).toBe(1);
});

test('a cancellation ends a build at once and leaves nothing', async () => {
  engine.publish('slow', says('never'));
  let building = () => {};
  const started = new Promise<void>((resolve) => (building = resolve));
  engine.builder.before = (signal) =>
    new Promise((_, reject) => {
      building();
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
  const deployment = await aDeployment(engine, environment, { ref: 'slow' });
  const work = deploy(engine, deployment.id, never);
  await started;
  await engine.db.deployment.update({ where: { id: deployment.id }, data: { cancelRequestedAt: new Date() } });
  engine.events.publish('deployment', deployment.id);
  await work;
  expect(await row(deployment.id)).toMatchObject({ status: 'CANCELED', releaseId: null, instances: [] });
  expect(await step(deployment.id, 'BUILD')).toMatchObject({ result: 'CANCELED', reasonCode: null, reason: null });
});

test('a cancellation that comes once the app starts takes the app back', async () => {
  let id = '';
  engine.publish('late', (app) => {
    app.serve((_, response) => response.writeHead(503).end());
    void engine.db.deployment
      .update({ where: { id }, data: { cancelRequestedAt: new Date() } })
      .then(() => engine.events.publish('deployment', id));
  });
  id = (await aDeployment(engine, environment, { ref: 'late' })).id;
  await deploy(engine, id, never);
  expect(await row(id)).toMatchObject({ status: 'CANCELED', instances: [{ state: 'STOPPED' }] });
  expect(engine.machine.instances.size).toBe(0);
});

test('a fault of ours is thrown for the queue to try again, and the next try goes on from what was built', async () => {
  engine.publish('main', says('main'));
  const deployment = await aDeployment(engine, environment);
  const { start } = engine.runtime;
  let faults = 1;
  const flaky: TestEngine = {
    ...engine,
    runtime: {
      ...engine.runtime,
      start: async (request) => (faults-- > 0 ? Promise.reject(new Error('no answer')) : start(request)),
    },
  };
  await expect(deploy(flaky, deployment.id, never)).rejects.toThrow('no answer');
  expect(await row(deployment.id)).toMatchObject({ status: 'DEPLOYING' });
  expect(await step(deployment.id, 'START')).toMatchObject({
    result: 'INTERRUPTED',
    reasonCode: 'INTERNAL',
    attempts: 1,
  });
  await deploy(flaky, deployment.id, never);
  expect(await row(deployment.id)).toMatchObject({ status: 'READY' });
  expect(engine.builder.builds).toBe(1);
  expect(await step(deployment.id, 'START')).toMatchObject({ result: 'SUCCEEDED', reason: null, attempts: 2 });
  expect(await step(deployment.id, 'BUILD')).toMatchObject({ result: 'SUCCEEDED', attempts: 1 });
});

test('what was tried often enough ends as FAILED, once', async () => {
  const deployment = await aDeployment(engine, environment);
  const failure = new DeploymentFailure('INTERNAL', 'QUEUE', 'Something of ours broke.');
  await giveUp(engine, deployment.id, failure);
  await giveUp(engine, deployment.id, failure);
  expect(await row(deployment.id)).toMatchObject({ status: 'FAILED', failureCode: 'INTERNAL' });
  expect((await events()).filter((type) => type === 'deployment.failed')).toHaveLength(1);
});

test('two workers that are given the same job build once', async () => {
  engine.publish('main', says('main'));
  const deployment = await aDeployment(engine, environment);
  await Promise.all([
    deploy(engine, deployment.id, never),
    deploy(engine, deployment.id, never),
    deploy(engine, deployment.id, never),
  ]);
  expect(engine.builder.builds).toBe(1);
  expect(await row(deployment.id)).toMatchObject({ status: 'READY' });
  expect((await events()).filter((type) => type === 'deployment.ready')).toHaveLength(1);
});

test('deployments of one environment go one after the other, the oldest first', async () => {
  for (const branch of ['one', 'two', 'three']) engine.publish(branch, says(branch));
  engine.source.publish(repositoryUrl, { 'app.txt': 'one' });
  const all = [
    await aDeployment(engine, environment),
    await aDeployment(engine, environment),
    await aDeployment(engine, environment),
  ];
  const worker = await engine.jobs.work(
    {
      ...idleHandlers,
      deploy: (id, { signal }) => deploy(engine, id, signal),
      retire: (id) => retire(engine, id),
    },
    { concurrency: 3, attempts: 1, onFailed: async () => undefined },
  );
  for (const { id } of [...all].reverse()) await engine.jobs.ask('deploy', id);
  await until(
    async () => (await engine.db.deployment.count({ where: { environmentId: environment.id, status: 'READY' } })) === 3,
  );
  await worker.close(5_000);
  const ready = await engine.db.deployment.findMany({
    where: { environmentId: environment.id },
    orderBy: { finishedAt: 'asc' },
  });
  expect(ready.map(({ number }) => number)).toEqual([1, 2, 3]);
  expect(ready.map(({ serving }) => serving)).toEqual(['STANDBY', 'STANDBY', 'LIVE']);
});

test('a worker that was overtaken stops quietly and touches nothing', async () => {
  engine.publish('main', says('main'));
  const deployment = await aDeployment(engine, environment);
  engine.builder.before = async () => {
    await engine.db.deployment.update({ where: { id: deployment.id }, data: { fence: 1_000n } });
  };
  await deploy(engine, deployment.id, never);
  expect(await row(deployment.id)).toMatchObject({ status: 'BUILDING', fence: 1_000n, releaseId: null });
});

test('a state that nothing leads on from is a fault, which ends it at last, and never asked for without end', async () => {
  engine.publish('main', says('main'));
  // Its release is gone, such as by hand: it cannot go on, and cannot be built again either.
  const deployment = await aDeployment(engine, environment, { status: 'DEPLOYING' });
  await expect(deploy(engine, deployment.id, never)).rejects.toThrow('DEPLOYING cannot become BUILDING');
  await giveUp(engine, deployment.id, new DeploymentFailure('INTERNAL', 'QUEUE', 'Something of ours broke.'));
  expect(await row(deployment.id)).toMatchObject({ status: 'FAILED', failureCode: 'INTERNAL' });
});

test('a promotion brings the release of another environment live without a build, and leaves it there when it fails', async () => {
  const staged = await goLive('staged');
  const other = await aSibling(engine, environment);
  const origin = { trigger: 'PROMOTE', promotedFromId: staged.id, releaseId: staged.releaseId } as const;
  const failing = await aDeployment(engine, other, origin);
  engine.edge.follows = false;
  await deploy(impatient(), failing.id, never);
  engine.edge.follows = true;
  expect(await row(failing.id)).toMatchObject({ status: 'FAILED', releaseId: staged.releaseId });
  const promoted = await aDeployment(engine, other, origin);
  await deploy(engine, promoted.id, never);
  expect(await row(promoted.id)).toMatchObject({ status: 'READY', serving: 'LIVE', releaseId: staged.releaseId });
  expect(engine.builder.builds).toBe(1);
  expect((await engine.edge.visit(other.hostname)).body).toBe('staged');
  expect((await engine.edge.visit(environment.hostname)).body).toBe('staged');
});
