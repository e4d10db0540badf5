import { access } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { activeStatuses, type DeploymentStageName } from '@apployd/core/deployment';
import { until } from '@apployd/backplane/testing/until';
import { aDeployment } from '../testing/a-deployment.js';
import type { TestEngine } from '../testing/an-engine.js';
import { never, says, useEngine } from '../testing/use-engine.js';
import { deploy } from './deploy.js';

const house = useEngine();

/** As the server asks: only of what is not over. How many it asked. */
async function cancel(id: string): Promise<number> {
  const { engine } = house;
  const { count } = await engine.db.deployment.updateMany({
    where: { id, status: { in: [...activeStatuses] }, cancelRequestedAt: null },
    data: { cancelRequestedAt: new Date() },
  });
  engine.events.publish('deployment', id);
  return count;
}

/** Waits until the signal fires, and fails as it says. */
const hang = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const end = () => reject(signal.reason as Error);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });

/** An engine in which one stage does not come to its end by itself. */
const held: Readonly<Partial<Record<DeploymentStageName, (engine: TestEngine) => TestEngine>>> = {
  FETCH: (engine) => ({ ...engine, source: { ...engine.source, fetch: (_r, _i, _l, signal) => hang(signal) } }),
  BUILD: (engine) => {
    engine.builder.before = hang;
    return engine;
  },
  START: (engine) => {
    const start: TestEngine['runtime']['start'] = async (request) => {
      const started = await engine.runtime.start(request);
      await until(async () => (await house.row(request.deploymentId)).cancelRequestedAt !== null);
      return started;
    };
    return { ...engine, runtime: { ...engine.runtime, start } };
  },
  HEALTH_CHECK: (engine) => {
    engine.publish('next', (app) => app.serve((_, response) => response.writeHead(503).end()));
    return engine;
  },
  SWITCH: (engine) => {
    engine.edge.follows = false;
    return engine;
  },
};

test.each(Object.entries(held))(
  'a cancellation during %s leaves nothing, and the old release serves on',
  async (stage, hold) => {
    const { engine, environment } = house;
    const live = await house.goLive('live');
    await engine.db.project.update({
      where: { id: environment.projectId },
      data: { settings: { healthCheckTimeoutMs: 60_000 } },
    });
    engine.publish('next', says('next'));
    const next = await aDeployment(engine, environment, { ref: 'next' });
    const work = deploy(hold(engine), next.id, never);
    await until(async () => (await house.row(next.id)).steps.some((step) => step.name === stage && !step.finishedAt));
    expect(await cancel(next.id)).toBe(1);
    engine.edge.follows = true;
    await work;
    const row = await house.row(next.id);
    expect(row).toMatchObject({ status: 'CANCELED', serving: 'NONE', releaseId: null });
    expect(row.steps.filter(({ finishedAt }) => finishedAt === null)).toEqual([]);
    expect(row.instances.filter(({ state }) => state !== 'STOPPED')).toEqual([]);
    expect(house.running()).toEqual([live.id]);
    expect([...engine.machine.apps.keys()]).toEqual([live.id]);
    await expect(access(path.join(engine.settings.workFolder, next.id))).rejects.toThrow();
    await until(async () => (await house.visit()).body === 'live');
  },
);

test('of a cancellation and READY one wins, whichever it is, and what serves says the same', async () => {
  const { engine, environment } = house;
  let live = await house.goLive('first');
  for (const branch of ['one', 'two', 'three', 'four']) {
    engine.publish(branch, says(branch));
    const next = await aDeployment(engine, environment, { ref: branch });
    let asked: Promise<number> | undefined;
    const switching: TestEngine = {
      ...engine,
      events: {
        ...engine.events,
        publish: (topic, id) => {
          engine.events.publish(topic, id);
          if (topic === 'route') asked ??= cancel(next.id);
        },
      },
    };
    await deploy(switching, next.id, never);
    const count = await asked;
    const row = await house.row(next.id);
    expect(row.status).toBe(count === 1 ? 'CANCELED' : 'READY');
    if (row.status === 'READY') live = row;
    const { liveDeploymentId } = await engine.db.environment.findUniqueOrThrow({ where: { id: environment.id } });
    expect(liveDeploymentId).toBe(live.id);
    expect((await house.row(live.id)).serving).toBe('LIVE');
  }
});

test('what was fetched before a cancellation stays noted as it was', async () => {
  const { engine, environment } = house;
  engine.publish('next', says('next'));
  const { id, organizationId } = await aDeployment(engine, environment, { ref: 'next', status: 'BUILDING' });
  const [startedAt, finishedAt] = [new Date(1_000), new Date(2_000)];
  const step = { deploymentId: id, organizationId, name: 'FETCH', startedAt, finishedAt, result: 'SUCCEEDED' } as const;
  await engine.db.deploymentStep.create({ data: step });
  await cancel(id);
  await deploy(engine, id, never);
  const { status, steps } = await house.row(id);
  expect(status).toBe('CANCELED');
  expect(steps.find(({ name }) => name === 'FETCH')).toMatchObject({ result: 'SUCCEEDED', finishedAt, attempts: 1 });
});
