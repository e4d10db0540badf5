import { expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { rolloutSettings } from '@apployd/core/rollout';
import { deploy } from '../deploy/deploy.js';
import { registerServer } from '../register-server.js';
import { aDeployment } from '../testing/a-deployment.js';
import { never, says, useEngine } from '../testing/use-engine.js';

const house = useEngine();

test('a rollout is brought to its end where its instances run, and by another engine only once that one is silent', async () => {
  const { engine, environment } = house;
  const { serverId } = engine.settings;
  const rollout = rolloutSettings.parse({ enabled: true, steps: [{ percent: 5, minutes: 10 }] });
  await engine.db.environment.update({ where: { id: environment.id }, data: { rollout } });
  await house.goLive('old');
  engine.publish('new', says('new'));
  const { id } = await aDeployment(engine, environment, { ref: 'new' });
  await deploy(engine, id, never);
  const decision = { verdict: 'PROMOTED', reason: 'BY_HAND', sentence: 'By hand.' } as const;
  await engine.db.rollout.update({ where: { deploymentId: id }, data: decision });
  const otherId = await registerServer(engine.db, { name: newId(), runtime: 'fake', slots: 1 }, new Date());
  const other = { ...engine, settings: { ...engine.settings, serverId: otherId } };

  await deploy(other, id, never);
  expect(await house.row(id)).toMatchObject({ status: 'DEPLOYING', serverId });
  expect(await engine.jobs.isAsked('deploy', id)).toBe(true);
  await engine.db.server.update({ where: { id: serverId }, data: { heartbeatAt: new Date(Date.now() - 60_000) } });
  await deploy(other, id, never);
  expect(await house.row(id)).toMatchObject({ serverId: otherId });

  const next = await aDeployment(engine, environment, { ref: 'new' });
  await engine.db.server.update({ where: { id: serverId }, data: { heartbeatAt: new Date() } });
  await deploy(engine, next.id, never);
  await engine.db.rollout.update({ where: { deploymentId: next.id }, data: decision });
  await deploy(engine, next.id, never);
  expect(await house.row(next.id)).toMatchObject({ status: 'READY', serverId });
});
