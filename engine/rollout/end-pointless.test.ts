import { beforeEach, expect, test } from 'vitest';
import { rolloutSettings } from '@apployd/core/rollout';
import { projectSettings } from '@apployd/core/settings';
import { placesInQueue } from '@apployd/prisma/deployment-queue';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import { deploy } from '../deploy/deploy.js';
import { bringBack } from '../instance/bring-back.js';
import { lookAtHealth, type HealthWatch } from '../instance/watch-health.js';
import type { FakeApp } from '../runtime/fake.js';
import { aDeployment } from '../testing/a-deployment.js';
import { never, says, useEngine } from '../testing/use-engine.js';
import { endPointlessRollouts } from './end-pointless.js';

const house = useEngine();
const settings = rolloutSettings.parse({ enabled: true, steps: [{ percent: 5, minutes: 10 }] });
let oldId: string;
beforeEach(async () => {
  await change({ rollout: settings });
  oldId = (await house.goLive('old')).id;
});

const change = (data: Prisma.EnvironmentUpdateInput) =>
  house.engine.db.environment.update({ where: { id: house.environment.id }, data });
const release = async (data: Partial<Prisma.DeploymentUncheckedCreateInput> = {}, app: FakeApp = says('new')) => {
  house.engine.publish('new', app);
  const { id } = await aDeployment(house.engine, house.environment, { ref: 'new', ...data });
  await deploy(house.engine, id, never);
  return id;
};
const rollout = (deploymentId: string) => house.engine.db.rollout.findUniqueOrThrow({ where: { deploymentId } });
const share = async () => {
  const where = { hostname: house.environment.hostname };
  const row = await house.engine.db.route.findUniqueOrThrow({ where });
  return { deploymentId: row.deploymentId, rollout: row.rollout };
};

test('a rollout before which a newer deployment waits, unseen by the server, is superseded by it, and told of once', async () => {
  const id = await release();
  await endPointlessRollouts(house.engine, never);
  expect(await house.row(id)).toMatchObject({ supersededById: null });
  const newer = await aDeployment(house.engine, house.environment, { ref: 'new' });
  await endPointlessRollouts(house.engine, never);
  await endPointlessRollouts(house.engine, never);
  expect(await house.row(id)).toMatchObject({ status: 'DEPLOYING', supersededById: newer.id });
  expect(await share()).toEqual({ deploymentId: oldId, rollout: null });
  expect((await house.events()).filter((type) => type === 'deployment.supersede_requested')).toHaveLength(1);
  expect(await house.engine.jobs.isAsked('deploy', id)).toBe(true);
  await deploy(house.engine, id, never);
  expect(await house.row(id)).toMatchObject({ status: 'SUPERSEDED', instances: [{ state: 'STOPPED' }] });
});

test('a newer one that is asked to end itself supersedes nothing', async () => {
  const id = await release();
  await aDeployment(house.engine, house.environment, { ref: 'new', cancelRequestedAt: new Date() });
  await endPointlessRollouts(house.engine, never);
  expect(await house.row(id)).toMatchObject({ supersededById: null });
});

test('what is live is brought back also while somebody waits behind a rollout without a slot', async () => {
  await release();
  await aDeployment(house.engine, house.environment, { ref: 'new' });
  const old = [...house.engine.machine.instances.values()].find(({ request }) => request.deploymentId === oldId);
  old?.exit(1);
  await bringBack(house.engine, house.environment.id, never);
  await change({ restartAfter: null });
  await bringBack(house.engine, house.environment.id, never);
  expect(house.running()).toContain(oldId);
});

test('a rollout is aborted where what is live is not to run any more', async () => {
  const id = await release();
  await change({ desiredState: 'LIGHT_SLEEP' });
  await endPointlessRollouts(house.engine, never);
  expect(await rollout(id)).toMatchObject({ verdict: 'ABORTED', reason: 'NOT_RUNNING' });
  await deploy(house.engine, id, never);
  const failed = await house.row(id);
  expect(failed).toMatchObject({ status: 'FAILED', failureCode: 'ROLLOUT_ABORTED' });
  expect(failed.failureMessage).toContain('Start the environment, or wake it');
  expect(failed.failureMessage).not.toContain('figures');
  expect(house.running()).toEqual([oldId]);
});

test('none begins where what is live was put to sleep a moment before', async () => {
  const { environment } = house.engine.db;
  const findUniqueOrThrow = async (asked: Parameters<typeof environment.findUniqueOrThrow>[0]) => {
    const found = await environment.findUniqueOrThrow(asked);
    if (asked.select?.rollout) await change({ desiredState: 'LIGHT_SLEEP' });
    return found;
  };
  const sleeping = new Proxy(environment, {
    get: (on, name) => (name === 'findUniqueOrThrow' ? findUniqueOrThrow : (Reflect.get(on, name) as unknown)),
  });
  const db = new Proxy(house.engine.db, {
    get: (on, name) => (name === 'environment' ? sleeping : (Reflect.get(on, name) as unknown)),
  });
  house.engine.publish('new', says('new'));
  const { id } = await aDeployment(house.engine, house.environment, { ref: 'new' });
  await deploy({ ...house.engine, db }, id, never);
  const { status, steps } = await house.row(id);
  expect(status).toBe('READY');
  expect(steps.find(({ name }) => name === 'ROLLOUT')).toMatchObject({
    reason: expect.stringContaining('does not run'),
  });
  expect(await house.engine.db.rollout.count({ where: { deploymentId: id } })).toBe(0);
});

test('an instance of a rollout that fails its health checks has it aborted', async () => {
  const healthCheck = projectSettings.parse({ healthCheckPath: '/health', healthCheckTimeoutMs: 1_000 });
  const where = { id: house.environment.projectId };
  await house.engine.db.project.update({ where, data: { settings: healthCheck } });
  let isWell = true;
  const app: FakeApp = (instance) => instance.serve((_, response) => response.writeHead(isWell ? 200 : 503).end('new'));
  const id = await release({}, app);
  let aheadMs = 0;
  const { clock } = house.engine;
  const later = { ...house.engine, clock: { ...clock, now: () => new Date(clock.now().getTime() + aheadMs) } };
  const watch: HealthWatch = new Map();
  const check = async (times: number) => {
    for (let time = 0; time < times; time += 1) {
      aheadMs += 10_000;
      await (
        await lookAtHealth(later, watch, never)
      ).done;
    }
  };
  await check(4);
  isWell = false;
  await check(healthCheck.healthCheckRetries - 1);
  expect(await rollout(id)).toMatchObject({ verdict: null });
  await check(1);
  expect(await rollout(id)).toMatchObject({ verdict: 'ABORTED', reason: 'UNHEALTHY' });
  expect(await share()).toEqual({ deploymentId: oldId, rollout: null });
  await deploy(house.engine, id, never);
  const failed = await house.row(id);
  expect(failed).toMatchObject({ status: 'FAILED', failureMessage: expect.stringContaining('health checks in a row') });
  expect(failed.failureMessage).toContain('printed last');
});

test('a rollback goes at once, whatever was asked for, and it is said why', async () => {
  const { releaseId } = await house.row(oldId);
  const id = await release({ trigger: 'ROLLBACK', releaseId, gradual: true });
  const ready = await house.row(id);
  expect(ready).toMatchObject({ status: 'READY', serving: 'LIVE' });
  const stage = ready.steps.find(({ name }) => name === 'ROLLOUT');
  expect(stage).toMatchObject({ result: 'REUSED', reason: expect.stringContaining('repair') });
});

test('how long deployments take is told by those without a rollout', async () => {
  const id = await release();
  const { db } = house.engine;
  await db.rollout.update({ where: { deploymentId: id }, data: { verdict: 'PROMOTED' } });
  const [startedAt, finishedAt] = [new Date(0), new Date(36_000_000)];
  await db.deployment.update({ where: { id }, data: { status: 'READY', startedAt, finishedAt } });
  const { id: next } = await aDeployment(house.engine, house.environment);
  const [place] = await placesInQueue(db, [next]);
  expect(place?.usualMs).toBeLessThan(3_600_000);
});
