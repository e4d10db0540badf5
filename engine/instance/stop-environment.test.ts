import { expect, test } from 'vitest';
import { until } from '@apployd/backplane/testing/until';
import { reconcile } from '../testing/reconcile.js';
import { never, useEngine } from '../testing/use-engine.js';
import { bringBack } from './bring-back.js';
import { resize } from './resize.js';
import { stopEnvironment } from './stop-environment.js';

const house = useEngine();

const want = (desiredState: 'RUNNING' | 'STOPPED') =>
  house.engine.db.environment.update({ where: { id: house.environment.id }, data: { desiredState } });

test('an environment that is to stop takes no visitors and runs nothing, and can run again', async () => {
  const { engine, environment } = house;
  const live = await house.goLive('app');
  await want('STOPPED');
  await stopEnvironment(engine, environment.id, never);
  expect((await house.visit()).status).toBe(404);
  expect(house.running()).toEqual([]);
  expect((await house.row(live.id)).instances).toMatchObject([{ state: 'STOPPED' }]);
  expect(await engine.db.environment.findUnique({ where: { id: environment.id } })).toMatchObject({
    observedState: 'STOPPED',
    liveDeploymentId: live.id,
  });
  await stopEnvironment(engine, environment.id, never);
  expect((await house.events()).filter((type) => type === 'environment.stopped')).toHaveLength(1);

  await want('RUNNING');
  await bringBack(engine, environment.id, never);
  await until(async () => (await house.visit()).body === 'app');
});

test('nothing is brought back or resized where nothing is to run', async () => {
  const { engine, environment } = house;
  await house.goLive('app');
  await want('STOPPED');
  await stopEnvironment(engine, environment.id, never);
  await bringBack(engine, environment.id, never);
  await resize(engine, environment.id, never);
  expect(house.running()).toEqual([]);
});

test('an instance that gets healthy after its environment was to stop is taken back', async () => {
  const { engine, environment } = house;
  let answers = true;
  await house.goLive('app', (app) => app.serve((_, response) => response.writeHead(answers ? 200 : 503).end('app')));
  for (const instance of engine.machine.instances.values()) instance.exit(137);
  answers = false;
  const back = bringBack(engine, environment.id, never);
  await until(() => house.running().length === 1);
  await want('STOPPED');
  answers = true;
  await back.catch(() => undefined);
  expect(house.running()).toEqual([]);
});

test('reconcile asks for environments that should have stopped, and for no others', async () => {
  const { engine, environment } = house;
  await house.goLive('app');
  const asked: string[] = [];
  const ask = async (name: string, id: string) => void asked.push(`${name} ${id}`);
  const listening = { ...engine, jobs: { ...engine.jobs, ask } };
  await reconcile(listening);
  expect(asked).toEqual([]);
  await want('STOPPED');
  await reconcile(listening);
  expect(asked).toEqual([`stop ${environment.id}`]);
});
