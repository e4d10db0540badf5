import { afterEach, expect, test } from 'vitest';
import type { Worker } from '@apployd/backplane/jobs/jobs';
import { deferred } from '@apployd/backplane/testing/deferred';
import { until } from '@apployd/backplane/testing/until';
import { bringBack } from '../instance/bring-back.js';
import { aDeployment } from '../testing/a-deployment.js';
import { never, says, useEngine } from '../testing/use-engine.js';
import { startWorker } from '../worker.js';
import { deploy } from './deploy.js';

const house = useEngine();
let worker: Worker | undefined;
afterEach(async () => {
  await worker?.close(0);
  worker = undefined;
});

test('a deployment that gets its slot while what is live is brought back begins once that stands back, unasked', async () => {
  const { engine, environment } = house;
  await engine.db.project.update({
    where: { id: environment.projectId },
    data: { settings: { healthCheckTimeoutMs: 100_000 } },
  });
  let hangs = false;
  await house.goLive('live', (app) => (hangs ? undefined : says('live')(app)));
  [...engine.machine.instances.values()][0]?.exit(1);
  hangs = true;
  engine.publish('next', says('next'));
  const { id } = await aDeployment(engine, environment, { ref: 'next' });
  const back = bringBack(engine, environment.id, never);
  await until(() => house.running().length === 1);
  worker = await startWorker(engine, 1);
  await engine.jobs.ask('deploy', id);
  await back;
  await until(async () => (await house.row(id)).status === 'READY');
  expect(house.running()).toEqual([id]);
});

test('whoever is given a deployment that another is at leaves it to that one', async () => {
  const { engine, environment } = house;
  engine.publish('main', says('main'));
  const [began, gate] = [deferred(), deferred()];
  engine.builder.before = () => (began.resolve(), gate.promise);
  const { id } = await aDeployment(engine, environment);
  const first = deploy(engine, id, never);
  await began.promise;
  await deploy({ ...engine, gate: null }, id, never);
  await deploy(engine, id, never);
  expect(await engine.jobs.isAsked('deploy', id)).toBe(false);
  gate.resolve();
  await first;
  expect(await house.row(id)).toMatchObject({ status: 'READY' });
});
