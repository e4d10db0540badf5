import { expect, test } from 'vitest';
import { systemClock } from '@apployd/core/clock';
import { buildLogOf } from '@apployd/core/log-line';
import { MiB } from '@apployd/core/resources';
import { until } from '@apployd/backplane/testing/until';
import type { Deployment, Environment } from '@apployd/prisma/generated/client/client';
import { resize } from '../instance/resize.js';
import { reservationOf } from '../reservation/of-server.js';
import { aDeployment, anEnvironment } from '../testing/a-deployment.js';
import type { TestEngine } from '../testing/an-engine.js';
import { never, says, useEngine } from '../testing/use-engine.js';
import { deploy } from './deploy.js';

/** Every instance has 64 MiB: of 100 MiB one may run beside its former one, with one build besides. */
const reservedBytes = 100 * MiB;
const house = useEngine({ reservedBytes, buildMemoryBytes: 30 * MiB });

async function asked(environment: Environment, ref: string): Promise<Deployment> {
  house.engine.publish(ref, says(ref));
  return aDeployment(house.engine, environment, { ref });
}

async function deployed(environment: Environment, ref: string): Promise<Deployment> {
  const deployment = await asked(environment, ref);
  await deploy(house.engine, deployment.id, never);
  expect(await statusOf(deployment)).toBe('READY');
  return deployment;
}

const statusOf = async ({ id }: Pick<Deployment, 'id'>) => (await house.row(id)).status;

/** Another environment whose next release runs beside its former one, and is not healthy until it is let go on. */
async function aStarting(engine: TestEngine = house.engine) {
  const environment = await anEnvironment(engine, { healthCheckTimeoutMs: 60_000 });
  await deployed(environment, 'former');
  let isHealthy = false;
  engine.publish('current', (app) =>
    app.serve((_, response) => response.writeHead(isHealthy ? 200 : 503).end('current')),
  );
  const { id } = await aDeployment(engine, environment, { ref: 'current' });
  const done = deploy(engine, id, never);
  await until(async () => (await house.row(id)).steps.some(({ name }) => name === 'HEALTH_CHECK'));
  return { end: () => ((isHealthy = true), done) };
}

const logOf = async ({ id }: Pick<Deployment, 'id'>) =>
  (await house.engine.logs.read(buildLogOf(id), { limit: 100 })).lines.map(({ message }) => message);

const waits = async (deployment: Pick<Deployment, 'id'>) =>
  (await logOf(deployment)).some((line) => line.startsWith('Waiting for memory: others have of the 100 MiB that'));

/** An engine in which nobody waits for long. */
function impatient(): TestEngine {
  const { engine } = house;
  const { serverId } = engine.settings;
  const kept = { serverId, totalBytes: reservedBytes, waitMs: 4_000, clock: systemClock, log: engine.log };
  return { ...engine, reservation: reservationOf(engine.db, kept) };
}

test('a release starts beside its former one once others have replaced theirs; visitors are served meanwhile', async () => {
  const { engine, environment } = house;
  await deployed(environment, 'mine');
  const starting = await aStarting();
  const next = await asked(environment, 'next');
  const work = deploy(engine, next.id, never);
  await until(() => waits(next));
  const { status, steps } = await house.row(next.id);
  expect(status).toBe('DEPLOYING');
  expect(steps.find(({ name }) => name === 'START')).toMatchObject({ finishedAt: null });
  expect((await house.visit()).body).toBe('mine');
  // Who needs nothing of it goes past whoever waits.
  expect(await waits(await deployed(await anEnvironment(engine), 'first'))).toBe(false);
  await starting.end();
  await work;
  expect(await statusOf(next)).toBe('READY');
  expect((await house.visit()).body).toBe('next');
});

test('what crashes while the release that replaces it waits is brought back meanwhile', async () => {
  const { engine, environment } = house;
  const { id } = await deployed(environment, 'mine');
  const starting = await aStarting();
  const next = await asked(environment, 'next');
  const work = deploy(engine, next.id, never);
  await until(() => waits(next));
  for (const instance of engine.machine.instances.values()) if (instance.request.deploymentId === id) instance.exit(1);
  await until(async () => house.running().includes(id) && (await house.visit()).body === 'mine');
  expect(await statusOf(next)).toBe('DEPLOYING');
  await starting.end();
  await work;
  expect((await house.visit()).body).toBe('next');
});

test('a build waits while others have what it needs; canceled meanwhile it holds nothing', async () => {
  const { engine, environment } = house;
  const hungry = { ...engine, settings: { ...engine.settings, buildMemoryBytes: 60 * MiB } };
  let finish = (): void => undefined;
  engine.builder.before = () => new Promise((resolve) => (finish = resolve));
  const [building, canceled] = [await asked(environment, 'one'), await asked(await anEnvironment(engine), 'two')];
  const built = deploy(hungry, building.id, never);
  await until(() => engine.builder.builds === 1);
  const waiting = deploy(hungry, canceled.id, never);
  await until(() => waits(canceled));
  expect(engine.builder.builds).toBe(1);
  await engine.db.deployment.update({ where: { id: canceled.id }, data: { cancelRequestedAt: new Date() } });
  engine.events.publish('deployment', canceled.id);
  await waiting;
  expect(engine.builder.builds).toBe(1);
  expect(await statusOf(canceled)).toBe('CANCELED');
  finish();
  await built;
  expect(await statusOf(building)).toBe('READY');
  engine.builder.before = async () => undefined;
  const last = await asked(await anEnvironment(engine), 'three');
  await deploy(hungry, last.id, never);
  expect(await waits(last)).toBe(false);
});

test('after so long it fails and says that the server is full; the former release stays live', async () => {
  await deployed(house.environment, 'mine');
  const engine = impatient();
  const starting = await aStarting(engine);
  const next = await asked(house.environment, 'next');
  await deploy(engine, next.id, never);
  expect(await house.row(next.id)).toMatchObject({
    status: 'FAILED',
    failureCode: 'SERVER_FULL',
    failureStage: 'START',
  });
  const { steps } = await house.row(next.id);
  expect(steps.find(({ name }) => name === 'START')).toMatchObject({ result: 'FAILED', reasonCode: 'SERVER_FULL' });
  expect((await house.row(next.id)).failureMessage).toMatch(
    /others have them\. What runs goes on\. Deploy again later/,
  );
  expect((await house.visit()).body).toBe('mine');
  await starting.end();
});

test('new limits that take new instances come another time, and say why', async () => {
  const { engine, environment } = house;
  await deployed(environment, 'mine');
  const starting = await aStarting();
  engine.machine.adjustable = false;
  await engine.db.process.updateMany({
    where: { environmentId: environment.id },
    data: { memoryBytes: BigInt(48 * MiB) },
  });
  await resize(engine, environment.id, never);
  const row = () => engine.db.environment.findUniqueOrThrow({ where: { id: environment.id } });
  expect((await row()).stateReason).toMatch(
    /^It goes on with its former limits, and is tried again soon: No memory was left for it on the server/,
  );
  const restMs = ((await row()).resizeAfter?.getTime() ?? Infinity) - Date.now();
  expect(restMs).toBeLessThanOrEqual(15_000);
  await starting.end();
  await resize(engine, environment.id, never);
  expect((await row()).stateReason).toBeNull();
});
