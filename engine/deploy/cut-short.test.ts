import { expect, test } from 'vitest';
import { DeploymentFailure } from '@apployd/core/failure';
import { newId } from '@apployd/core/id';
import { until } from '@apployd/backplane/testing/until';
import { reconcile } from '../testing/reconcile.js';
import { aDeployment } from '../testing/a-deployment.js';
import type { TestEngine } from '../testing/an-engine.js';
import { never, says, useEngine } from '../testing/use-engine.js';
import { deploy } from './deploy.js';
import { giveUp } from './give-up.js';

const house = useEngine();

/** An engine whose worker dies, without a trace, once the visitors were sent to the new instance. */
function dyingAfterSwitch(engine: TestEngine): TestEngine {
  const dead = new Proxy(engine.db, {
    get: (db, name) => {
      if (name === '$transaction' || name === 'deployment') return failing;
      return Reflect.get(db, name) as unknown;
    },
  });
  const failing = Object.assign(() => Promise.reject(new Error('killed')), {
    updateMany: () => Promise.reject(new Error('killed')),
    findUnique: () => Promise.reject(new Error('killed')),
    findFirst: () => Promise.reject(new Error('killed')),
  });
  let isDead = false;
  return {
    ...engine,
    get db() {
      return isDead ? dead : engine.db;
    },
    edge: engine.edge,
    events: {
      ...engine.events,
      publish: (topic, id) => {
        engine.events.publish(topic, id);
        if (topic === 'route') isDead = true;
      },
    },
  };
}

async function cutShortAfterSwitch() {
  const { engine, environment } = house;
  engine.publish('next', says('next'));
  const next = await aDeployment(engine, environment, { ref: 'next' });
  await expect(deploy(dyingAfterSwitch(engine), next.id, never)).rejects.toThrow();
  return next;
}

test('a deployment that was cut short after the switch and then cancelled leads visitors back to what is live', async () => {
  const { engine } = house;
  const good = await house.goLive('good');
  const next = await cutShortAfterSwitch();
  await until(async () => (await house.visit()).body === 'next');
  await engine.db.deployment.update({ where: { id: next.id }, data: { cancelRequestedAt: new Date() } });
  await deploy(engine, next.id, never);
  expect(await house.row(next.id)).toMatchObject({ status: 'CANCELED', instances: [{ state: 'STOPPED' }] });
  await until(async () => (await house.visit()).body === 'good');
  expect(house.running()).toEqual([good.id]);
});

test('a deployment that was cut short after the switch goes on to READY with the instance that it had', async () => {
  const { engine } = house;
  await house.goLive('good');
  const next = await cutShortAfterSwitch();
  await deploy(engine, next.id, never);
  expect(await house.row(next.id)).toMatchObject({ status: 'READY', instances: [{ state: 'RUNNING' }] });
  expect((await house.visit()).body).toBe('next');
});

test('an overtaken worker takes nothing back that its successor made live', async () => {
  const { engine, environment } = house;
  await engine.db.project.update({
    where: { id: environment.projectId },
    data: { settings: { healthCheckTimeoutMs: 60_000 } },
  });
  let answers = false;
  engine.publish('slow', (app) => app.serve((_, response) => response.writeHead(answers ? 200 : 503).end('slow')));
  const deployment = await aDeployment(engine, environment, { ref: 'slow' });
  // It is told within a third of its lease that it has lost it.
  const first = deploy({ ...engine, settings: { ...engine.settings, leaseMs: 5_000 } }, deployment.id, never);
  await until(() => house.running().length === 1);
  // As after a machine that stood still: the lease is over, and another worker takes the same job.
  await engine.db.lease.updateMany({
    where: { key: `environment:${environment.id}` },
    data: { expiresAt: new Date(0) },
  });
  const successor = { ...engine, gate: null };
  const second = deploy(successor, deployment.id, never);
  await first.catch(() => undefined);
  answers = true;
  await second;
  expect(await house.row(deployment.id)).toMatchObject({ status: 'READY', instances: [{ state: 'RUNNING' }] });
  expect(house.running()).toEqual([deployment.id]);
  expect((await house.visit()).body).toBe('slow');
});

test('a deployment whose variables cannot be opened is given up, and the next one goes on', async () => {
  const { engine, environment } = house;
  await engine.db.variable.create({
    data: {
      id: newId(),
      organizationId: environment.organizationId,
      environmentId: environment.id,
      key: 'KEY',
      sealedValue: new Uint8Array([1, 2, 3]),
      isSecret: true,
      fromVersion: 1,
    },
  });
  const stuck = await aDeployment(engine, environment);
  await expect(deploy(engine, stuck.id, never)).rejects.toThrow();
  await giveUp(engine, stuck.id, new DeploymentFailure('INTERNAL', 'QUEUE', 'Something of ours broke.'));
  expect(await house.row(stuck.id)).toMatchObject({ status: 'FAILED', failureCode: 'INTERNAL' });
  await engine.db.variable.deleteMany({ where: { environmentId: environment.id } });
  expect((await house.goLive('next')).status).toBe('READY');
});

test('a deployment whose worker died while it ended it ends for the same reason, and is not tried again', async () => {
  const { engine, environment } = house;
  const failure = {
    failureCode: 'HEALTH_CHECK_TIMEOUT',
    failureStage: 'HEALTH_CHECK',
    failureMessage: 'Too slow.',
  } as const;
  // What it had built is gone by now, and with it the way on.
  const dying = await aDeployment(engine, environment, { status: 'DEPLOYING', ...failure });
  await deploy(engine, dying.id, never);
  expect(await house.row(dying.id)).toMatchObject({ status: 'FAILED', ...failure });
  expect(engine.builder.builds).toBe(0);
});

test('a failed deployment leaves no stage open', async () => {
  const failed = await house.goLive('bad', (app) => app.exit(1));
  expect(failed.steps.filter(({ finishedAt }) => finishedAt === null)).toEqual([]);
  const bad = failed.steps.filter(({ result }) => result !== 'SUCCEEDED');
  expect(bad).toMatchObject([{ result: 'FAILED', reasonCode: failed.failureCode, reason: failed.failureMessage }]);
});

test('a rollback is judged by the settings of its release, not by those of today', async () => {
  const { engine, environment } = house;
  const answersAt = (path: string) => (app: Parameters<ReturnType<typeof says>>[0]) =>
    app.serve((request, response) => response.writeHead(request.url === path ? 200 : 404).end(path));
  const settings = (healthCheckPath: string) =>
    engine.db.project.update({
      where: { id: environment.projectId },
      data: { settings: { healthCheckPath, healthCheckTimeoutMs: 1_000 } },
    });
  await settings('/health');
  const old = await house.goLive('old', answersAt('/health'));
  await settings('/ready');
  await house.goLive('new', answersAt('/ready'));
  const back = await aDeployment(engine, environment, {
    trigger: 'ROLLBACK',
    rollbackOfId: old.id,
    releaseId: old.releaseId,
  });
  await deploy(engine, back.id, never);
  expect(await house.row(back.id)).toMatchObject({ status: 'READY', serving: 'LIVE' });
});

test('reconcile asks for deployments that nobody works on, once for each environment', async () => {
  const { engine, environment } = house;
  const longAgo = new Date(Date.now() - 60_000);
  const first = await aDeployment(engine, environment, { createdAt: longAgo });
  await aDeployment(engine, environment, { createdAt: longAgo });
  const asked: string[] = [];
  const listening = {
    ...engine,
    jobs: { ...engine.jobs, ask: async (name: string, id: string) => void asked.push(`${name} ${id}`) },
  };
  await reconcile(listening);
  expect(asked.filter((ask) => ask.endsWith(first.id))).toEqual([`deploy ${first.id}`]);
  expect(asked.filter((ask) => ask.startsWith('deploy'))).toHaveLength(1);
});
