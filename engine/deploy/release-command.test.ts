import { beforeEach, expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { projectSettings } from '@apployd/core/settings';
import { until } from '@apployd/backplane/testing/until';
import type { Engine } from '../engine.js';
import type { FakeApp, FakeInstance } from '../runtime/fake.js';
import { aDeployment } from '../testing/a-deployment.js';
import { setVariable } from '../testing/set-variable.js';
import { never, says, useEngine } from '../testing/use-engine.js';
import { deploy } from './deploy.js';

const house = useEngine();
const releaseCommand = ['migrate', '--all', '$(id)'];
let runs: FakeInstance[];
beforeEach(async () => {
  runs = [];
  await house.engine.db.project.update({
    where: { id: house.environment.projectId },
    data: { settings: projectSettings.parse({ healthCheckTimeoutMs: 1_000, releaseCommand }) },
  });
});

/** Serves, or does the work of the release command. */
const migrates =
  (work: (app: FakeInstance) => void, serve: FakeApp = says('app')): FakeApp =>
  (app) => {
    if (app.request.process === 'web') return serve(app);
    runs.push(app);
    work(app);
  };

const succeeds = (app: FakeInstance) => app.exit(0);

test('the release command runs before anything serves, with variables and limits of the release, its output in the build log without secrets', async () => {
  await setVariable(house.engine, house.environment, 'DATABASE', 'a secret address');
  let servesDuring: number | null = null;
  const live = await house.goLive(
    'app',
    migrates((app) => {
      servesDuring = [...house.engine.machine.instances.values()].filter((one) => one.request.process === 'web').length;
      app.print('migrating a secret address');
      app.exit(0);
    }),
  );
  expect(live).toMatchObject({ status: 'READY' });
  expect(servesDuring).toBe(0);
  expect(runs.map(({ request }) => [request.command, request.variables['DATABASE'], request.limits])).toEqual([
    [releaseCommand, 'a secret address', { memoryBytes: 64 * 2 ** 20, cpuMillicores: 500 }],
  ]);
  const { lines } = await house.engine.logs.read(`build:${live.id}`, { limit: 100 });
  expect(lines.map(({ message }) => message)).toEqual(
    expect.arrayContaining(['Running the release command: migrate --all $(id)', 'migrating [secret]']),
  );
  expect(live.steps.map(({ name }) => name)).toContain('RELEASE');
  expect(house.running()).toEqual([live.id]);
});

test.each<[string, (app: FakeInstance) => void, object]>([
  ['fails', (app) => app.exit(3), { failureCode: 'RELEASE_COMMAND_FAILED', failureExitCode: 3 }],
  ['is not there', (app) => app.exit(127), { failureCode: 'RELEASE_COMMAND_FAILED', failureExitCode: 127 }],
  ['needs too much memory', (app) => app.use({ memoryBytes: 2 ** 40 }), { failureCode: 'OUT_OF_MEMORY' }],
])(
  'a release command that %s fails the deployment; nothing of it serves, and visitors keep the old one',
  async (_, work, how) => {
    const good = await house.goLive('good', migrates(succeeds));
    const failed = await house.goLive('bad', migrates(work));
    expect(failed).toMatchObject({ status: 'FAILED', failureStage: 'RELEASE', ...how });
    expect(failed.failureMessage).toMatch(/^The release command .* Mend it, then deploy again\.$/);
    expect((await house.visit()).body).toBe('app');
    expect(house.running()).toEqual([good.id]);
    expect(house.engine.machine.instances.size).toBe(1);
  },
);

test('it is not run again once it has succeeded: not by another try, and not by a rollback', async () => {
  const { engine, environment } = house;
  engine.publish('one', migrates(succeeds));
  const first = await aDeployment(engine, environment, { ref: 'one' });
  const { start } = engine.runtime;
  let faults = 1;
  const flaky: Engine = {
    ...engine,
    runtime: {
      ...engine.runtime,
      start: async (request) =>
        request.process === 'web' && faults-- > 0 ? Promise.reject(new Error('no answer')) : start(request),
    },
  };
  await expect(deploy(flaky, first.id, never)).rejects.toThrow('no answer');
  await deploy(flaky, first.id, never);
  expect(await house.row(first.id)).toMatchObject({ status: 'READY' });
  expect(runs).toHaveLength(1);
  await house.goLive('two', migrates(succeeds));
  expect(runs).toHaveLength(2);
  const { releaseId } = await house.row(first.id);
  const back = await aDeployment(engine, environment, { trigger: 'ROLLBACK', rollbackOfId: first.id, releaseId });
  await deploy(engine, back.id, never);
  const steps = [{ name: 'RELEASE', result: 'REUSED', attempts: 0, reason: expect.any(String) as string }];
  const { steps: all, ...row } = await house.row(back.id);
  expect(row).toMatchObject({ status: 'READY' });
  expect(all.filter(({ name }) => name === 'RELEASE')).toMatchObject(steps);
  expect(runs).toHaveLength(2);
});

test('one that a dead worker had begun is joined, not begun again', async () => {
  const { engine, environment } = house;
  const live = await house.goLive('app', migrates(succeeds));
  await engine.db.releaseCommandRun.deleteMany({ where: { environmentId: environment.id } });
  const next = await aDeployment(engine, environment, { status: 'DEPLOYING', releaseId: live.releaseId });
  const [{ processId, serverId, organizationId, environmentId } = expect.unreachable()] = live.instances;
  const ids = { organizationId, environmentId, processId, serverId, deploymentId: next.id };
  const row = await engine.db.instance.create({ data: { id: newId(), ...ids, isReleaseCommand: true } });
  await engine.runtime.start({
    instanceId: row.id,
    deploymentId: next.id,
    organizationId,
    projectId: environment.projectId,
    environmentId,
    process: 'web-release',
    imageId: live.release?.imageId ?? '',
    command: releaseCommand,
    mounts: [],
    variables: {},
    port: 3000,
    limits: { memoryBytes: 2 ** 26, cpuMillicores: 500 },
  });
  expect(runs).toHaveLength(2);
  await deploy(engine, next.id, never);
  expect(await house.row(next.id)).toMatchObject({ status: 'READY' });
  expect(runs).toHaveLength(2);
  expect(await engine.db.instance.findUnique({ where: { id: row.id } })).toMatchObject({ state: 'STOPPED' });
});

test('a cancellation ends it, and nothing is left', async () => {
  const { engine, environment } = house;
  engine.publish(
    'hangs',
    migrates(() => undefined),
  );
  const { id } = await aDeployment(engine, environment, { ref: 'hangs' });
  const work = deploy(engine, id, never);
  await until(() => runs.length === 1);
  await engine.db.deployment.update({ where: { id }, data: { cancelRequestedAt: new Date() } });
  engine.events.publish('deployment', id);
  await work;
  expect(await house.row(id)).toMatchObject({ status: 'CANCELED', releaseId: null });
  expect(engine.machine.instances.size).toBe(0);
  expect(await engine.db.releaseCommandRun.count({ where: { environmentId: environment.id } })).toBe(0);
});

test('past its deadline it is ended, and the deployment fails as RELEASE_COMMAND_TIMEOUT', async () => {
  const { engine, environment } = house;
  engine.publish(
    'hangs',
    migrates(() => undefined),
  );
  const { id } = await aDeployment(engine, environment, { ref: 'hangs' });
  const stageTimeoutsMs = { ...engine.settings.stageTimeoutsMs, RELEASE: 300 };
  await deploy({ ...engine, settings: { ...engine.settings, stageTimeoutsMs } }, id, never);
  expect(await house.row(id)).toMatchObject({
    status: 'FAILED',
    failureCode: 'RELEASE_COMMAND_TIMEOUT',
    failureStage: 'RELEASE',
  });
  expect(engine.machine.instances.size).toBe(0);
});
