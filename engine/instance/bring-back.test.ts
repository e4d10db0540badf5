import { expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { variableContext } from '@apployd/core/variable';
import { until } from '@apployd/backplane/testing/until';
import { reconcile } from '../testing/reconcile.js';
import { aDeployment } from '../testing/a-deployment.js';
import { never, says, useEngine } from '../testing/use-engine.js';
import { bringBack } from './bring-back.js';

const house = useEngine();

/** Ends what runs, as a reboot would. */
function reboot(): void {
  for (const instance of house.engine.machine.instances.values()) instance.exit(137);
}

async function setVariable(value: string, fromVersion: number, untilVersion: number | null): Promise<void> {
  const { id: environmentId, organizationId } = house.environment;
  const sealedValue = house.engine.secretBox.seal(value, variableContext(environmentId, 'KEY'));
  const row = { id: newId(), organizationId, environmentId, key: 'KEY', sealedValue, isSecret: false };
  await house.engine.db.variable.create({ data: { ...row, fromVersion, untilVersion } });
}

const environmentRow = () => house.engine.db.environment.findUniqueOrThrow({ where: { id: house.environment.id } });

test('a live app whose instance is gone runs again, and visitors follow', async () => {
  const { engine, environment } = house;
  const live = await house.goLive('app');
  reboot();
  await bringBack(engine, environment.id, never);
  await until(async () => (await house.visit()).body === 'app');
  expect(house.running()).toEqual([live.id]);
  expect((await house.row(live.id)).instances.map(({ state }) => state).sort()).toEqual(['CRASHED', 'RUNNING']);
  expect(await house.events()).toContain('environment.restarted');
  expect(Object.fromEntries(engine.findings.counts)).toEqual({ 'instance.gone': 1 });
});

test('an app is brought back with the variables that it was deployed with, not with those of today', async () => {
  const { engine, environment } = house;
  await setVariable('old', 1, 2);
  const live = await house.goLive('app');
  await setVariable('new', 2, null);
  await engine.db.environment.update({ where: { id: environment.id }, data: { variablesVersion: 2 } });
  reboot();
  await bringBack(engine, environment.id, never);
  const valueNow = () => [...engine.machine.instances.values()].at(-1)?.request.variables['KEY'];
  expect(valueNow()).toBe('old');
  expect(await house.row(live.id)).toMatchObject({ variablesVersion: 1, release: { variablesVersion: 1 } });
  await house.goLive('next');
  expect(valueNow()).toBe('new');
});

test('of several instances those that are gone are brought back, and the others keep running', async () => {
  const { engine, environment } = house;
  await engine.db.process.updateMany({ where: { environmentId: environment.id }, data: { desiredInstances: 2 } });
  const live = await house.goLive('app');
  const [one, other] = live.instances;
  engine.machine.instances.get(one?.id ?? '')?.exit(1);
  await bringBack(engine, environment.id, never);
  const { instances } = await house.row(live.id);
  expect(instances.find(({ id }) => id === one?.id)).toMatchObject({ state: 'CRASHED', exitCode: 1 });
  expect(instances.filter(({ state }) => state === 'RUNNING')).toHaveLength(2);
  expect(instances.find(({ id }) => id === other?.id)).toMatchObject({ state: 'RUNNING' });
  expect(house.running()).toHaveLength(2);
});

test('an instance that does not come back leaves the others to the visitors, and the environment says why', async () => {
  const { engine, environment } = house;
  await engine.db.process.updateMany({ where: { environmentId: environment.id }, data: { desiredInstances: 2 } });
  let crashes = false;
  const live = await house.goLive('app', (app) => (crashes ? app.exit(3) : says('app')(app)));
  engine.machine.instances.get(live.instances[0]?.id ?? '')?.exit(1);
  crashes = true;
  await bringBack(engine, environment.id, never);
  expect(await environmentRow()).toMatchObject({
    observedState: 'RUNNING',
    stateReason: expect.stringMatching(/code 3/) as unknown,
  });
  const { targets } = await engine.db.route.findFirstOrThrow({ where: { hostname: environment.hostname } });
  expect(targets).toHaveLength(1);
  await until(async () => (await house.visit()).body === 'app');
  expect(await house.events()).toContain('environment.degraded');
});

test('bringing back what runs changes nothing', async () => {
  const live = await house.goLive('app');
  await bringBack(house.engine, house.environment.id, never);
  expect((await house.row(live.id)).instances).toEqual(live.instances);
});

test('an app that does not come back is observed as stopped, with the reason, and leaves nothing', async () => {
  const { engine, environment } = house;
  let crashes = false;
  await house.goLive('app', (app) => (crashes ? app.exit(3) : says('app')(app)));
  reboot();
  crashes = true;
  await bringBack(engine, environment.id, never);
  expect(await environmentRow()).toMatchObject({
    observedState: 'STOPPED',
    stateReason: expect.stringMatching(/exit code 3/) as unknown,
  });
  expect(house.running()).toEqual([]);
  expect((await house.events()).filter((type) => type === 'environment.down')).toHaveLength(1);
});

test('a deployment that has its slot goes before an app that does not come back', async () => {
  const { engine, environment } = house;
  await engine.db.project.update({
    where: { id: environment.projectId },
    data: { settings: { healthCheckTimeoutMs: 100_000 } },
  });
  let hangs = false;
  await house.goLive('app', (app) => app.serve((_, response) => (hangs ? undefined : response.end('app'))));
  reboot();
  hangs = true;
  await engine.db.deployment.updateMany({ data: { fence: 1n } });
  const back = bringBack(engine, environment.id, never);
  await until(() => house.running().length === 1);
  await aDeployment(engine, environment, { slotAt: new Date() });
  await back;
  expect(house.running()).toEqual([]);
  expect(await environmentRow()).toMatchObject({ observedState: 'STOPPED', stateReason: 'A deployment goes first.' });
});

test('a deployment that waits for its slot keeps no app from being brought back', async () => {
  const { engine, environment } = house;
  const live = await house.goLive('app');
  const waiting = await aDeployment(engine, environment);
  reboot();
  await bringBack(engine, environment.id, never);
  expect(house.running()).toEqual([live.id]);
  expect(await house.row(waiting.id)).toMatchObject({ status: 'QUEUED', slotAt: null });
});

test('whoever has the environment already is told to look', async () => {
  const { engine, environment } = house;
  const { leases, events, settings } = engine;
  const stop = new AbortController();
  const told = (await events.listen('environment', environment.id, stop.signal))[Symbol.asyncIterator]();
  await leases.hold(`environment:${environment.id}`, settings.leaseMs, () => bringBack(engine, environment.id, never));
  expect(await told.next()).toMatchObject({ value: environment.id });
  stop.abort();
});

test('who was stopped by more than a deployment says nothing of how the environment stands', async () => {
  const { engine, environment } = house;
  await house.goLive('app');
  reboot();
  await bringBack(engine, environment.id, AbortSignal.abort(new Error('The worker closes.')));
  expect(house.running()).toEqual([]);
  expect(await environmentRow()).toMatchObject({ observedState: 'RUNNING', stateReason: null });
});

test('what a look left half-started is removed by the next one', async () => {
  const { engine, environment } = house;
  const live = await house.goLive('app');
  const [{ processId, serverId } = { processId: '', serverId: '' }] = live.instances;
  const { organizationId } = environment;
  const half = {
    id: newId(),
    organizationId,
    environmentId: environment.id,
    processId,
    serverId,
    deploymentId: live.id,
  };
  await engine.db.instance.create({ data: half });
  await bringBack(engine, environment.id, never);
  expect(house.running()).toEqual([live.id]);
  expect(await engine.db.instance.findUnique({ where: { id: half.id } })).toMatchObject({ state: 'CRASHED' });
});

test('reconcile stops what no row knows, and asks for each environment on its own', async () => {
  const { engine, environment } = house;
  await house.goLive('app');
  reboot();
  engine.machine.apps.set('stray', says('stray'));
  await engine.runtime.start({
    instanceId: newId(),
    deploymentId: newId(),
    organizationId: environment.organizationId,
    projectId: environment.projectId,
    environmentId: environment.id,
    process: 'web',
    imageId: 'stray',
    command: null,
    mounts: [],
    variables: {},
    port: 3000,
    limits: { memoryBytes: 1, cpuMillicores: 1 },
  });
  const asked: string[] = [];
  await reconcile({
    ...engine,
    jobs: { ...engine.jobs, ask: async (name: string, id: string) => void asked.push(`${name} ${id}`) },
  });
  expect(asked).toContain(`bring-back ${environment.id}`);
  expect([...engine.machine.instances.values()].some(({ request }) => request.imageId === 'stray')).toBe(false);
});

test('reconcile leads a route that went astray to what is live', async () => {
  const { engine, environment } = house;
  await house.goLive('app');
  await engine.db.route.update({
    where: { hostname: environment.hostname },
    data: { deploymentId: newId(), targets: ['127.0.0.1:9'] },
  });
  await reconcile(engine);
  await until(async () => (await house.visit()).body === 'app');
});
