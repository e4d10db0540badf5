import { expect, test } from 'vitest';
import { projectSettings } from '@apployd/core/settings';
import { aDeployment } from '../testing/a-deployment.js';
import { never, says, useEngine } from '../testing/use-engine.js';
import { deploy } from './deploy.js';

const house = useEngine();

const choose = (settings: object) =>
  house.engine.db.project.update({
    where: { id: house.environment.projectId },
    data: { settings: projectSettings.parse({ healthCheckTimeoutMs: 1_000, ...settings }) },
  });
const startedWith = (deploymentId: string) =>
  [...house.engine.machine.instances.values()]
    .filter(({ request }) => request.deploymentId === deploymentId)
    .map(({ request }) => request.command);

test('a release is started by the command of its own settings, in a rollback too', async () => {
  const { engine, environment } = house;
  await choose({ startCommand: 'npm run serve -- "$(id)"' });
  const first = await house.goLive('one', says('one'));
  expect(startedWith(first.id)).toEqual([['sh', '-c', 'npm run serve -- "$(id)"']]);
  await choose({ startCommand: 'node other.js' });
  const second = await house.goLive('two', says('two'));
  expect(startedWith(second.id)).toEqual([['node', 'other.js']]);
  const { releaseId } = first;
  const back = await aDeployment(engine, environment, { trigger: 'ROLLBACK', rollbackOfId: first.id, releaseId });
  await deploy(engine, back.id, never);
  expect(await house.row(back.id)).toMatchObject({ status: 'READY' });
  expect(startedWith(back.id)).toEqual([['sh', '-c', 'npm run serve -- "$(id)"']]);
});
