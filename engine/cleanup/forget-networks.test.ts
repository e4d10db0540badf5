import { expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { aDeployment, anEnvironment } from '../testing/a-deployment.js';
import { useEngine } from '../testing/use-engine.js';
import { forgetNetworks } from './forget-networks.js';

const house = useEngine();

test('what is kept for projects goes with the last that needs it', async () => {
  const { engine } = house;
  const live = await house.goLive('main');
  const [begun, failed, unused] = [
    await anEnvironment(engine),
    await anEnvironment(engine),
    await anEnvironment(engine),
  ];
  await aDeployment(engine, begun, { status: 'BUILDING' });
  await aDeployment(engine, failed, { status: 'FAILED' });
  const erased = newId();
  const projects = [live.projectId, begun.projectId, failed.projectId, unused.projectId, erased];
  const forgotten: string[] = [];
  const runtime = {
    ...engine.runtime,
    projects: async () => projects,
    forget: async (id: string) => void forgotten.push(id),
  };
  await forgetNetworks({ ...engine, runtime });
  expect(forgotten).toEqual([failed.projectId, unused.projectId, erased]);
});
