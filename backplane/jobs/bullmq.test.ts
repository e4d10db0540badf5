import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { testDatabase } from '@apployd/prisma/test-database';
import { createPostgresBackend } from 'bullmq';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { silentLogger as log } from '../log/logger.js';
import { deferred } from '../testing/deferred.js';
import { idleHandlers } from '../testing/idle-handlers.js';
import { testRedis, withoutRedis } from '../testing/test-redis.js';
import { until } from '../testing/until.js';
import { bullmqTimings, type BullmqConnection, type BullmqTimings } from './bullmq-connection.js';
import { bullmqJobs } from './bullmq.js';
import type { JobHandler, Jobs, WorkOptions } from './jobs.js';
import { postgresJobs } from './postgres.js';
import { redisJobs } from './redis.js';

type Backend = { readonly url: string; close(): Promise<void> };
type Open = (url: string, timings: BullmqTimings) => Jobs;

/** A dead worker is noticed within a second here. */
const quick: BullmqTimings = {
  ...bullmqTimings,
  answerMs: 20_000,
  lockMs: 500,
  stalledMs: 250,
  firstRetryMs: 10,
  mostRetryMs: 20,
  abortedMs: 200,
};
const impatient: BullmqTimings = { ...quick, answerMs: 1_000, startMs: 1_000 };
const none = async () => undefined;

const work = (jobs: Jobs, deploy: JobHandler, options: Partial<WorkOptions> = {}) =>
  jobs.work({ ...idleHandlers, deploy }, { concurrency: 1, attempts: 3, onFailed: none, ...options });

workersThatDie('PostgreSQL', 'postgres', testDatabase, (databaseUrl, timings) =>
  postgresJobs({ databaseUrl, log, timings }),
);

describe.skipIf(withoutRedis(process.env))('with Redis', () => {
  const openRedisJobs: Open = (redisUrl, timings) => redisJobs({ redisUrl, log, timings });
  workersThatDie('Redis', 'redis', testRedis, openRedisJobs);

  test('while Redis is away asking rejects within its time, and works again when it is back', async () => {
    const redis = await testRedis();
    const jobs = openRedisJobs(redis.url, quick);
    await jobs.ask('deploy', randomUUID());
    await redis.close();
    await expect(jobs.ask('deploy', randomUUID())).rejects.toThrow();
    const again = await testRedis(redis.port);
    await until(() =>
      jobs.ask('deploy', randomUUID()).then(
        () => true,
        () => false,
      ),
    );
    await jobs.close();
    await again.close();
  });

  test('a Redis that cannot be reached at the start has asking and working rejected, not the process crashed', async () => {
    const gone = await testRedis();
    await gone.close();
    const jobs = openRedisJobs(gone.url, impatient);
    await expect(jobs.ask('deploy', randomUUID())).rejects.toThrow();
    await expect(work(jobs, none)).rejects.toThrow();
    await jobs.close();
  });

  test('a worker goes on by itself when an emptied Redis comes back', async () => {
    const redis = await testRedis();
    const jobs = openRedisJobs(redis.url, quick);
    const seen: string[] = [];
    const worker = await work(jobs, async (id) => void seen.push(id));
    await redis.close();
    const again = await testRedis(redis.port);
    const id = randomUUID();
    await until(() =>
      jobs.ask('deploy', id).then(
        () => true,
        () => false,
      ),
    );
    await until(() => seen.includes(id));
    await worker.close(0);
    await jobs.close();
    await again.close();
  });
});

test('a database that cannot be reached has asking and working rejected', async () => {
  const jobs = postgresJobs({ databaseUrl: 'postgresql://nobody@127.0.0.1:1/none', log, timings: impatient });
  await expect(jobs.ask('deploy', randomUUID())).rejects.toThrow();
  await expect(work(jobs, none)).rejects.toThrow();
  await jobs.close();
});

test('a start that failed leaves no worker behind that keeps asking', async () => {
  let asked = 0;
  const pool = new pg.Pool({ connectionString: 'postgresql://nobody@127.0.0.1:1/none' });
  const connect = pool.connect.bind(pool);
  vi.spyOn(pool, 'connect').mockImplementation(() => {
    asked += 1;
    return connect();
  });
  const open: BullmqConnection['working'] = (name, options, factory) =>
    createPostgresBackend(name, { ...options, connection: pool }, factory);
  const jobs = bullmqJobs({ asking: open, working: open, prepare: none, end: () => pool.end() }, log, impatient);
  await expect(work(jobs, none)).rejects.toThrow();
  const before = asked;
  for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
  expect(asked).toBe(before);
  await jobs.close();
});

test('a worker goes on by itself after the database dropped its connections', async () => {
  const database = await testDatabase();
  const jobs = postgresJobs({ databaseUrl: database.url, log, timings: quick });
  const seen: string[] = [];
  const worker = await work(jobs, async (id) => void seen.push(id));
  await database.db.$executeRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name LIKE 'apployd%' AND datname = current_database()`;
  const id = randomUUID();
  await until(() =>
    jobs.ask('deploy', id).then(
      () => true,
      () => false,
    ),
  );
  await until(() => seen.includes(id));
  await worker.close(0);
  await jobs.close();
  await database.close();
});

function workersThatDie(name: string, kind: string, openBackend: () => Promise<Backend>, open: Open): void {
  describe(`workers that die, on ${name}`, () => {
    let backend: Backend;
    let jobs: Jobs;
    const children: ChildProcess[] = [];

    beforeAll(async () => {
      backend = await openBackend();
      jobs = open(backend.url, quick);
    });
    afterAll(async () => {
      for (const child of children) child.kill('SIGKILL');
      await jobs?.close();
      await backend?.close();
    });

    /** A process that has begun to work on the id. */
    async function busyProcess(id: string): Promise<ChildProcess> {
      const script = new URL('../testing/killed-worker.ts', import.meta.url).pathname;
      const flags = ['--conditions=source', '--import', 'tsx', script, kind, backend.url, id];
      const child = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
      children.push(child);
      for await (const line of createInterface(child.stdout)) if (line === id) break;
      return child;
    }

    test('the job of a killed worker is taken up by another', async () => {
      const id = randomUUID();
      await jobs.ask('deploy', id);
      const child = await busyProcess(id);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const taken = deferred<number>();
      const worker = await work(jobs, async (given, { number }) => (given === id ? taken.resolve(number) : undefined));
      expect(await taken.promise).toBe(1);
      await worker.close(0);
    });

    test('work that goes on after its worker had to close is taken up by another', async () => {
      const id = randomUUID();
      const started = deferred();
      const stubborn = open(backend.url, quick);
      const worker = await work(stubborn, async (given) => {
        if (given !== id) return; // what an earlier test left
        started.resolve();
        await new Promise(() => undefined);
      });
      await jobs.ask('deploy', id);
      await started.promise;
      await worker.close(0);
      await stubborn.close();
      const taken = deferred();
      const next = await work(jobs, async (given) => (given === id ? taken.resolve() : undefined));
      await taken.promise;
      await next.close(0);
    });

    test('a job that kills its worker each time fails in the end', async () => {
      const id = randomUUID();
      await jobs.ask('deploy', id);
      for (let kills = 0; kills < 2; kills += 1) {
        const child = await busyProcess(id);
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      const failed = deferred<unknown[]>();
      const onFailed: WorkOptions['onFailed'] = async (job, given, error, last) =>
        given === id ? failed.resolve([job, given, last]) : undefined;
      const worker = await work(jobs, none, { attempts: 1, onFailed });
      expect(await failed.promise).toEqual(['deploy', id, true]);
      await worker.close(0);
    });
  });
}
