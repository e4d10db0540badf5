import { expect, test } from 'vitest';
import { until } from '@apployd/backplane/testing/until';
import { aDeployment } from '../testing/a-deployment.js';
import { never, says, useEngine } from '../testing/use-engine.js';
import { deploy } from './deploy.js';

const house = useEngine();

/** A deployment whose build hangs until its signal fires. */
async function building() {
  const { engine, environment } = house;
  engine.publish('old', says('old'));
  engine.publish('new', says('new'));
  const old = await aDeployment(engine, environment, { ref: 'old' });
  let aborted = false;
  engine.builder.before = (signal) =>
    new Promise((_, reject) =>
      signal.addEventListener('abort', () => {
        aborted = true;
        reject(signal.reason as Error);
      }),
    );
  const work = deploy(engine, old.id, never);
  await until(() => engine.builder.builds === 1);
  const newer = await aDeployment(engine, environment, { ref: 'new' });
  return { old, newer, work, wasAborted: () => aborted };
}

/** As the server asks. */
async function supersede(id: string, supersededById: string): Promise<void> {
  await house.engine.db.deployment.update({ where: { id }, data: { supersededById } });
  house.engine.events.publish('deployment', id);
}

test('a build that a newer deployment made pointless ends as SUPERSEDED, leaves nothing, and the newer one goes on', async () => {
  const { engine } = house;
  const live = await house.goLive('live');
  engine.builder.builds = 0;
  const { old, newer, work, wasAborted } = await building();
  await supersede(old.id, newer.id);
  await work;
  expect(wasAborted()).toBe(true);
  const ended = await house.row(old.id);
  expect(ended).toMatchObject({ status: 'SUPERSEDED', releaseId: null, instances: [], cancelRequestedAt: null });
  expect(ended.finishedAt).not.toBeNull();
  expect(ended.steps.filter(({ finishedAt }) => finishedAt === null)).toEqual([]);
  expect((await house.visit()).body).toBe('live');
  engine.builder.before = async () => undefined;
  await deploy(engine, newer.id, never);
  expect(await house.row(newer.id)).toMatchObject({ status: 'READY' });
  expect(house.running().filter((id) => id !== live.id)).toEqual([newer.id]);
  expect(await house.events()).toContain('deployment.superseded');
});

test('what was superseded while its worker was dead ends as SUPERSEDED when another takes it up', async () => {
  const { engine, environment } = house;
  engine.publish('old', says('old'));
  const old = await aDeployment(engine, environment, { ref: 'old', status: 'BUILDING' });
  const newer = await aDeployment(engine, environment, { ref: 'old' });
  await supersede(old.id, newer.id);
  await deploy(engine, old.id, never);
  expect(await house.row(old.id)).toMatchObject({ status: 'SUPERSEDED' });
  expect(engine.builder.builds).toBe(0);
});

test('of a wish to cancel and a newer deployment the wish counts', async () => {
  const { engine } = house;
  const { old, newer, work } = await building();
  await engine.db.deployment.update({ where: { id: old.id }, data: { cancelRequestedAt: new Date() } });
  await supersede(old.id, newer.id);
  await work;
  expect(await house.row(old.id)).toMatchObject({ status: 'CANCELED' });
});
