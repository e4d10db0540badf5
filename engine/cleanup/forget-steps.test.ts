import { expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { aDeployment } from '../testing/a-deployment.js';
import { useEngine } from '../testing/use-engine.js';
import { forgetSteps } from './forget-steps.js';

const house = useEngine();

test('steps of builds are left alone while this server builds, and go once it does not', async () => {
  const { engine, environment } = house;
  const { serverId, buildCacheMs } = engine.settings;
  const { id } = await aDeployment(engine, environment, { status: 'BUILDING', serverId });
  await forgetSteps(engine, engine.settings.buildCacheMs);
  expect(engine.builder.forgotten).toEqual([]);
  await engine.db.deployment.update({ where: { id }, data: { status: 'DEPLOYING' } });
  await forgetSteps(engine, engine.settings.buildCacheMs);
  expect(engine.builder.forgotten).toEqual([buildCacheMs]);
});

test('a build of another server keeps nothing here', async () => {
  const { engine, environment } = house;
  const { id: serverId } = await engine.db.server.create({
    data: {
      id: newId(),
      name: newId(),
      runtime: 'docker',
      memoryBytes: 1n,
      cpuMillicores: 1,
      heartbeatAt: new Date(),
    },
  });
  await aDeployment(engine, environment, { status: 'BUILDING', serverId });
  await forgetSteps(engine, engine.settings.buildCacheMs);
  expect(engine.builder.forgotten).toEqual([engine.settings.buildCacheMs]);
});
