import { expect, test } from 'vitest';
import type { WorkStage } from '@apployd/core/deployment';
import { projectSettings } from '@apployd/core/settings';
import { newId } from '@apployd/core/id';
import { idleHandlers } from '@apployd/backplane/testing/idle-handlers';
import { until } from '@apployd/backplane/testing/until';
import type { FakeApp } from '../runtime/fake.js';
import { aDeployment } from '../testing/a-deployment.js';
import type { TestEngine } from '../testing/an-engine.js';
import { never, says, useEngine } from '../testing/use-engine.js';
import { deploy } from './deploy.js';

const house = useEngine();
const forever = () => new Promise<never>(() => undefined);

/** Short of time in one stage. */
function hurried(stage: WorkStage, but: Partial<TestEngine> = {}): TestEngine {
  const { engine } = house;
  const stageTimeoutsMs = { ...engine.settings.stageTimeoutsMs, [stage]: 300 };
  return { ...engine, ...but, edge: engine.edge, settings: { ...engine.settings, stageTimeoutsMs } };
}

const silent: FakeApp = (app) => app.serve(() => undefined);

/** Healthy when it is asked itself, and silent behind the edge. */
const silentToVisitors: FakeApp = (app) => {
  let asked = 0;
  app.serve((_, response) => void ((asked += 1) === 1 && response.end('well')));
};

test.each<[WorkStage, string, () => { engine: TestEngine; app: FakeApp }]>([
  [
    'FETCH',
    'SOURCE_TIMEOUT',
    () => ({ engine: hurried('FETCH', { source: { ...house.engine.source, fetch: forever } }), app: says('next') }),
  ],
  [
    'BUILD',
    'BUILD_TIMEOUT',
    () => {
      house.engine.builder.before = forever;
      return { engine: hurried('BUILD'), app: says('next') };
    },
  ],
  [
    'START',
    'START_TIMEOUT',
    () => ({ engine: hurried('START', { runtime: { ...house.engine.runtime, start: forever } }), app: says('next') }),
  ],
  ['HEALTH_CHECK', 'HEALTH_CHECK_TIMEOUT', () => ({ engine: hurried('HEALTH_CHECK'), app: silent })],
  ['SWITCH', 'ROUTE_TIMEOUT', () => ({ engine: hurried('SWITCH'), app: silentToVisitors })],
])(
  '%s past its deadline fails as %s, whatever hangs there; visitors keep the old release',
  async (stage, code, how) => {
    const { environment } = house;
    const good = await house.goLive('good');
    await house.engine.db.project.update({
      where: { id: environment.projectId },
      data: { settings: projectSettings.parse({ healthCheckTimeoutMs: 60_000 }) },
    });
    const { engine, app } = how();
    house.engine.publish('next', app);
    const { id } = await aDeployment(engine, environment, { ref: 'next' });
    await deploy(engine, id, never);
    const failed = await house.row(id);
    expect(failed).toMatchObject({ status: 'FAILED', failureCode: code, failureStage: stage });
    expect(failed.failureMessage).toMatch(/took longer than the 0\.3 s that it may\. .*\.$/);
    await until(async () => (await house.visit()).body === 'good');
    expect(house.running()).toEqual([good.id]);
  },
);

test('a build is not lost to a database that fails while it is written down', async () => {
  const { engine, environment } = house;
  engine.publish('main', says('main'));
  let faults = 3;
  const flaky = new Proxy(engine.db, {
    get: (db, name) => {
      if (name !== '$transaction') return Reflect.get(db, name) as unknown;
      return (...works: Parameters<typeof engine.db.$transaction>) =>
        engine.builder.builds > 0 && faults-- > 0
          ? Promise.reject(new Error('no database'))
          : db.$transaction(...works);
    },
  });
  const { id } = await aDeployment(engine, environment);
  await deploy({ ...engine, db: flaky }, id, never);
  expect(await house.row(id)).toMatchObject({ status: 'READY' });
  expect([engine.builder.builds, faults < 0]).toEqual([1, true]);
  expect(await engine.db.release.count({ where: { projectId: environment.projectId } })).toBe(1);
});

test('a fault of ours is tried again from the last finished stage, the customer’s never', async () => {
  const { engine, environment } = house;
  engine.publish('main', says('main'));
  let starts = 0;
  const { start } = engine.runtime;
  const flaky: TestEngine = {
    ...engine,
    runtime: {
      ...engine.runtime,
      start: async (request) => ((starts += 1) < 3 ? Promise.reject(new Error('no answer')) : start(request)),
    },
  };
  const tried: string[] = [];
  const worker = await engine.jobs.work(
    {
      ...idleHandlers,
      deploy: (id, { signal }) => {
        tried.push(id);
        return deploy(flaky, id, signal);
      },
    },
    { concurrency: 1, attempts: 5, onFailed: async () => undefined },
  );
  const ours = await aDeployment(engine, environment);
  await engine.jobs.ask('deploy', ours.id);
  await until(async () => (await house.row(ours.id)).status === 'READY');
  expect([tried.filter((id) => id === ours.id).length, engine.builder.builds]).toEqual([3, 1]);

  engine.publish('crash', (app) => app.exit(1));
  const theirs = await aDeployment(engine, environment, { id: newId(), ref: 'crash' });
  await engine.jobs.ask('deploy', theirs.id);
  await until(async () => (await house.row(theirs.id)).status === 'FAILED');
  await worker.close(5_000);
  expect(tried.filter((id) => id === theirs.id)).toHaveLength(1);
});
