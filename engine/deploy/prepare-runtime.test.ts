import { expect, test } from 'vitest';
import { DeploymentFailure } from '@apployd/core/failure';
import { aDeployment } from '../testing/a-deployment.js';
import { never, says, useEngine } from '../testing/use-engine.js';
import { deploy } from './deploy.js';

const house = useEngine();

/** For which projects something is kept, while the source is fetched and in the end. */
async function deployed({ fails = false, canPrepare = true }) {
  const { engine, environment } = house;
  const kept = new Set<string>();
  let whileFetching: readonly string[] = [];
  const runtime = {
    ...engine.runtime,
    prepare: async (projectId: string) => {
      if (!canPrepare) throw new Error('no addresses are left');
      kept.add(projectId);
    },
    forget: async (projectId: string) => void kept.delete(projectId),
  };
  const source: typeof engine.source = {
    ...engine.source,
    fetch: async (...asked) => {
      whileFetching = [...kept];
      if (fails) throw new DeploymentFailure('SOURCE_UNAVAILABLE', 'FETCH', 'There is no such repository.');
      return engine.source.fetch(...asked);
    },
  };
  engine.publish('main', says('hello'));
  const { id, projectId } = await aDeployment(engine, environment, { ref: 'main' });
  await deploy({ ...engine, source, runtime }, id, never);
  return { status: (await house.row(id)).status, projectId, whileFetching, inTheEnd: [...kept] };
}

test('what instances need is made while the source is fetched', async () => {
  const { status, projectId, whileFetching, inTheEnd } = await deployed({});
  expect({ status, whileFetching, inTheEnd }).toEqual({
    status: 'READY',
    whileFetching: [projectId],
    inTheEnd: [projectId],
  });
});

test('a deployment that fails takes it back', async () => {
  const { status, projectId, whileFetching, inTheEnd } = await deployed({ fails: true });
  expect({ status, whileFetching, inTheEnd }).toEqual({ status: 'FAILED', whileFetching: [projectId], inTheEnd: [] });
});

test('a runtime that cannot is asked again by the start, and told then', async () => {
  expect((await deployed({ canPrepare: false })).status).toBe('READY');
});
