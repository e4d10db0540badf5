import { beforeEach, expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { rolloutSettings } from '@apployd/core/rollout';
import { deploy } from '../deploy/deploy.js';
import type { Engine } from '../engine.js';
import { registerServer } from '../register-server.js';
import { fakeMachine, fakeRuntime } from '../runtime/fake.js';
import { aDeployment } from '../testing/a-deployment.js';
import { never, says, useEngine } from '../testing/use-engine.js';
import { advanceRollouts } from './advance.js';

const house = useEngine();
let other: Engine;
let oldId: string;
beforeEach(async () => {
  const { engine, environment } = house;
  const rollout = rolloutSettings.parse({ enabled: true, steps: [{ percent: 5, minutes: 10 }] });
  await engine.db.environment.update({ where: { id: environment.id }, data: { rollout } });
  oldId = (await house.goLive('old')).id;
  const serverId = await registerServer(engine.db, { name: newId(), runtime: 'fake', slots: 1 }, new Date());
  // It has another machine, on which nothing of the first one's runs.
  other = { ...engine, runtime: fakeRuntime(fakeMachine({})), settings: { ...engine.settings, serverId } };
});

const release = async () => {
  house.engine.publish('new', says('new'));
  const { id } = await aDeployment(house.engine, house.environment, { ref: 'new' });
  await deploy(house.engine, id, never);
  return id;
};
const promoted = async () => {
  const id = await release();
  const data = { verdict: 'PROMOTED', reason: 'BY_HAND', sentence: 'By hand.' } as const;
  await house.engine.db.rollout.update({ where: { deploymentId: id }, data });
  return id;
};
const rollout = (deploymentId: string) => house.engine.db.rollout.findUniqueOrThrow({ where: { deploymentId } });
/** The engine on which its instances run has said so long ago that it is there. */
const silentFor = (seconds: number) =>
  house.engine.db.server.update({
    where: { id: house.engine.settings.serverId },
    data: {
      status: seconds > 30 ? 'UNREACHABLE' : 'READY',
      heartbeatAt: new Date(house.engine.clock.now().getTime() - seconds * 1_000),
    },
  });

test.each([0, 60, 290])(
  'what was promoted is left to the engine of its instances, silent for %s s',
  async (seconds) => {
    const id = await promoted();
    await silentFor(seconds);
    await deploy(other, id, never);
    const { serverId } = house.engine.settings;
    expect(await house.row(id)).toMatchObject({ status: 'DEPLOYING', serverId, instances: [{ state: 'RUNNING' }] });
    expect(await rollout(id)).toMatchObject({ verdict: 'PROMOTED' });
    expect(await house.engine.jobs.isAsked('deploy', id)).toBe(true);
    await silentFor(0);
    await deploy(house.engine, id, never);
    expect(await house.row(id)).toMatchObject({ status: 'READY', serving: 'LIVE', instances: [{ state: 'RUNNING' }] });
    expect((await house.visit()).body).toBe('new');
  },
);

test('what was promoted is taken back by another engine once its own was silent for minutes', async () => {
  const id = await promoted();
  await silentFor(310);
  await deploy(other, id, never);
  expect(await house.row(id)).toMatchObject({ status: 'FAILED', failureCode: 'ROLLOUT_ABORTED' });
  expect(await house.row(oldId)).toMatchObject({ serving: 'LIVE' });
  expect((await house.visit()).body).toBe('old');
});

test('what is to end is ended by another engine sooner', async () => {
  for (const isPromoted of [true, false]) {
    const id = await (isPromoted ? promoted() : release());
    await house.engine.db.deployment.update({ where: { id }, data: { cancelRequestedAt: new Date() } });
    await silentFor(20);
    await deploy(other, id, never);
    expect(await house.row(id)).toMatchObject({ status: 'DEPLOYING' });
    await silentFor(40);
    await deploy(other, id, never);
    expect(await house.row(id)).toMatchObject({ status: 'CANCELED', instances: [{ state: 'STOPPED' }] });
    await silentFor(0);
  }
});

test('none is promoted by the schedule while the engine of its instances is silent', async () => {
  const id = await release();
  const now = () => new Date(Date.now() + 20 * 60_000);
  const later = { ...house.engine, clock: { ...house.engine.clock, now } };
  await advanceRollouts(later, never);
  expect(await rollout(id)).toMatchObject({ verdict: null, step: 0 });
  const where = { id: house.engine.settings.serverId };
  await house.engine.db.server.update({ where, data: { heartbeatAt: now() } });
  await advanceRollouts(later, never);
  expect(await rollout(id)).toMatchObject({ verdict: 'PROMOTED', reason: 'SCHEDULE' });
});
