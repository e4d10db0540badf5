import { expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { until } from '@apployd/backplane/testing/until';
import { reconcile } from '../reconcile/reconcile.js';
import { aDeployment } from '../testing/a-deployment.js';
import { never, says, useEngine } from '../testing/use-engine.js';
import { bringBack } from './bring-back.js';

const house = useEngine();

/** Ends what runs, as a reboot would. */
function reboot(): void {
  for (const instance of house.engine.machine.instances.values()) instance.exit(137);
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

test('a deployment that waits goes before an app that does not come back', async () => {
  const { engine, environment } = house;
  let hangs = false;
  await house.goLive('app', (app) => app.serve((_, response) => (hangs ? undefined : response.end('app'))));
  reboot();
  hangs = true;
  await engine.db.deployment.updateMany({ data: { fence: 1n } });
  const back = bringBack(engine, environment.id, never);
  await until(() => house.running().length === 1);
  await aDeployment(engine, environment);
  await back;
  expect(house.running()).toEqual([]);
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
