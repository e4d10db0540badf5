import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bullmqTimings } from '@apployd/backplane/jobs/bullmq-connection';
import type { Jobs } from '@apployd/backplane/jobs/jobs';
import { redisJobs } from '@apployd/backplane/jobs/redis';
import { redisLeases } from '@apployd/backplane/leases/redis';
import { silentLogger } from '@apployd/backplane/log/logger';
import { cuttable, type Cuttable } from '@apployd/backplane/testing/cuttable';
import { deferred } from '@apployd/backplane/testing/deferred';
import { testRedis, withoutRedis, type TestRedis } from '@apployd/backplane/testing/test-redis';
import { until } from '@apployd/backplane/testing/until';
import type { Deployment } from '@apployd/prisma/generated/client/client';
import { aDeployment, anEnvironment } from '../testing/a-deployment.js';
import type { TestEngine } from '../testing/an-engine.js';
import { reconcile } from '../testing/reconcile.js';
import { says, useEngine } from '../testing/use-engine.js';
import { startWorker } from '../worker.js';

const house = useEngine();

describe.skipIf(withoutRedis(process.env))('a Redis that is lost', () => {
  let redis: TestRedis;
  let way: Cuttable;
  let engine: TestEngine;
  /** Connected, and waits a moment only: for what is asked while nobody can answer. */
  let impatient: Jobs;

  beforeEach(async () => {
    redis = await testRedis();
    way = await cuttable(redis.port);
    const at = { redisUrl: `redis://127.0.0.1:${way.port}`, log: silentLogger };
    engine = { ...house.engine, jobs: redisJobs(at), gate: redisLeases(at) };
    impatient = redisJobs({ ...at, timings: { ...bullmqTimings, answerMs: 500 } });
    await until(() =>
      impatient.isAsked('deploy', house.environment.id).then(
        () => true,
        () => false,
      ),
    );
  });
  afterEach(async () => {
    await Promise.all([engine.jobs.close(), impatient.close()]);
    await engine.gate?.close();
    await way.close();
    await redis.close();
  });

  /** Two of one environment and one of another: the first at work, in its build, when this resolves. */
  async function deployThree() {
    const { environment } = house;
    const other = await anEnvironment(engine);
    const createdAt = new Date(Date.now() - 60_000);
    engine.publish('main', says('main'));
    const building = deferred<void>();
    const gate = deferred<void>();
    engine.builder.before = () => (building.resolve(), gate.promise);
    const all: Deployment[] = [];
    for (const where of [environment, environment, other]) all.push(await aDeployment(engine, where, { createdAt }));
    const [first, second, third] = all as [Deployment, Deployment, Deployment];
    await startWorker(engine, 1);
    await engine.jobs.ask('deploy', first.id);
    await building.promise;
    await engine.jobs.ask('deploy', second.id);
    await engine.jobs.ask('deploy', third.id);
    return { ids: all.map(({ id }) => id), goOn: () => gate.resolve() };
  }

  async function allReady(ids: readonly string[]): Promise<void> {
    const where = { id: { in: [...ids] }, status: 'READY' as const };
    await until(async () => {
      await reconcile(engine);
      return (await engine.db.deployment.count({ where })) === ids.length;
    });
  }

  const losses: [string, () => Promise<void>][] = [
    ['emptied', () => redis.empty()],
    [
      'restarted with nothing in it',
      async () => {
        const { port } = redis;
        await redis.close();
        redis = await testRedis(port);
      },
    ],
    [
      'out of reach for a while',
      async () => {
        way.cut();
        await expect(impatient.ask('deploy', house.environment.id)).rejects.toThrow();
        way.restore();
      },
    ],
  ];

  test.each(losses)('%s loses no deployment and has none built twice', { timeout: 60_000 }, async (_, lose) => {
    const { ids, goOn } = await deployThree();
    await lose();
    goOn();
    await allReady(ids);
    expect(engine.builder.builds).toBe(3);
    const events = await engine.db.event.groupBy({
      by: ['subjectId'],
      where: { type: 'deployment.ready' },
      _count: true,
    });
    expect(ids.map((id) => events.find(({ subjectId }) => subjectId === id)?._count)).toEqual([1, 1, 1]);
  });

  test(
    'a deployment that was asked for while it was away is worked on once it is back',
    { timeout: 60_000 },
    async () => {
      engine.publish('main', says('main'));
      await startWorker(engine, 1);
      way.cut();
      const { id } = await aDeployment(engine, house.environment, { createdAt: new Date(Date.now() - 60_000) });
      await expect(impatient.ask('deploy', id)).rejects.toThrow();
      await reconcile({ ...engine, jobs: impatient });
      way.restore();
      await allReady([id]);
      expect(engine.builder.builds).toBe(1);
    },
  );
});
