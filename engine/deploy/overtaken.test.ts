import { expect, test } from 'vitest';
import { deferred } from '@apployd/backplane/testing/deferred';
import type { Engine } from '../engine.js';
import type { Runtime } from '../runtime/runtime.js';
import { aDeployment } from '../testing/a-deployment.js';
import { never, says, useEngine } from '../testing/use-engine.js';
import { deploy } from './deploy.js';

const house = useEngine();

/** All that a deployment has in the database, and what runs of it. */
async function allOf(id: string) {
  const { engine, environment } = house;
  const { db } = engine;
  return {
    deployment: await db.deployment.findUniqueOrThrow({
      where: { id },
      include: { steps: { orderBy: { name: 'asc' } }, instances: { orderBy: { id: 'asc' } }, release: true },
    }),
    environment: await db.environment.findUniqueOrThrow({ where: { id: environment.id } }),
    route: await db.route.findUnique({ where: { hostname: environment.hostname } }),
    events: await house.events(),
    releases: await db.release.count({ where: { projectId: environment.projectId } }),
    running: house.running(),
  };
}

/** As after a machine that stood still: the lease is over, and nobody has told its holder yet. */
const endLease = () =>
  house.engine.db.lease.updateMany({
    where: { key: `environment:${house.environment.id}` },
    data: { expiresAt: new Date(0) },
  });

test('of two workers that are given the same job by force one acts and the other stops, and nothing is built twice', async () => {
  const { engine, environment } = house;
  engine.publish('main', says('main'));
  const { id } = await aDeployment(engine, environment);
  const ungated = { ...engine, gate: null };
  await Promise.all([deploy(ungated, id, never), deploy(ungated, id, never), deploy(engine, id, never)]);
  expect(await house.row(id)).toMatchObject({ status: 'READY', instances: [{ state: 'RUNNING' }] });
  expect(engine.builder.builds).toBe(1);
  expect(house.running()).toEqual([id]);
});

test.each(['BUILD', 'START'] as const)(
  'a worker that stood still in %s for longer than its lease writes nothing when it wakes',
  async (stage) => {
    const { engine, environment } = house;
    const standing = deferred<void>();
    const wake = deferred<void>();
    let turns = 0;
    const standStill = async () => {
      turns += 1;
      if (turns > 1) return;
      standing.resolve();
      await wake.promise;
    };
    engine.publish('main', says('main'));
    if (stage === 'BUILD') engine.builder.before = standStill;
    const { id } = await aDeployment(engine, environment);
    // Its timers stand still with it: nothing tells it that the lease is over before it wakes.
    const asleep = { ...engine, gate: null, settings: { ...engine.settings, leaseMs: 3_600_000 } };
    const first = deploy(stage === 'BUILD' ? asleep : stoppingAfterStart(asleep, standStill), id, never);
    await standing.promise;
    await endLease();
    await deploy({ ...engine, gate: null }, id, never);
    const after = await allOf(id);
    expect(after.deployment).toMatchObject({ status: 'READY', instances: [{ state: 'RUNNING' }] });
    wake.resolve();
    await first;
    expect(await allOf(id)).toEqual(after);
    expect((await house.visit()).body).toBe('main');
  },
);

/** An engine that stands still once it has started an instance. */
function stoppingAfterStart(engine: Engine, stop: () => Promise<void>): Engine {
  const { runtime } = engine;
  const start: Runtime['start'] = async (request) => {
    const started = await runtime.start(request);
    await stop();
    return started;
  };
  return { ...engine, runtime: { ...runtime, start } };
}
