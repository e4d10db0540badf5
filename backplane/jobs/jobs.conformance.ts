import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { deferred } from '../testing/deferred.js';
import { idleHandlers } from '../testing/idle-handlers.js';
import { until } from '../testing/until.js';
import type { JobHandler, Jobs, WorkOptions, Worker } from './jobs.js';

export type JobsBackend = {
  /** Jobs as one process sees them. */
  connect(): Jobs;
  close(): Promise<void>;
};

/** What every adapter of Jobs keeps to. */
export function jobsConformance(name: string, open: () => Promise<JobsBackend>): void {
  describe(`jobs on ${name}`, () => {
    let backend: JobsBackend;
    let jobs: Jobs;
    const workers: Worker[] = [];

    beforeAll(async () => {
      backend = await open();
      jobs = backend.connect();
    });
    afterEach(async () => {
      await Promise.all(workers.splice(0).map((worker) => worker.close(0)));
    });
    afterAll(async () => {
      await jobs?.close();
      await backend?.close();
    });

    async function work(deploy: JobHandler, options: Partial<WorkOptions> = {}, from: Jobs = jobs): Promise<Worker> {
      const none = async () => undefined;
      const settings = { concurrency: 4, attempts: 3, onFailed: none, ...options };
      const worker = await from.work({ ...idleHandlers, deploy }, settings);
      workers.push(worker);
      return worker;
    }

    /** Of these ids: a last look that an earlier test has asked for may still come. */
    const noting =
      (ids: readonly string[], seen: string[]): JobHandler =>
      async (given) =>
        void (ids.includes(given) && seen.push(given));

    test('what is asked for is worked on, and may be asked for again', async () => {
      const id = randomUUID();
      const seen: string[] = [];
      await jobs.ask('deploy', id);
      await work(async (given) => void seen.push(given));
      await until(() => seen.length === 1);
      await untilAskRuns(jobs, id, () => seen.length >= 2);
      expect(new Set(seen)).toEqual(new Set([id]));
    });

    test('asking ten times while the first ask waits is asking once', async () => {
      const id = randomUUID();
      const last = randomUUID();
      const seen: string[] = [];
      await Promise.all(Array.from({ length: 10 }, () => jobs.ask('deploy', id)));
      await jobs.ask('deploy', last);
      await work(noting([id, last], seen), { concurrency: 1 });
      await until(() => seen.includes(last));
      expect(seen).toEqual([id, last]);
    });

    test('asks while the row is being worked on lead to one more run afterwards', async () => {
      const id = randomUUID();
      const gate = deferred<void>();
      const started = deferred<void>();
      let runs = 0;
      let together = 0;
      await work(async (given) => {
        if (given !== id) return; // what an earlier test left
        together += 1;
        expect(together).toBe(1);
        runs += 1;
        started.resolve();
        if (runs === 1) await gate.promise;
        together -= 1;
      });
      await jobs.ask('deploy', id);
      await started.promise;
      await Promise.all([jobs.ask('deploy', id), jobs.ask('deploy', id), jobs.ask('deploy', id)]);
      expect(runs).toBe(1);
      gate.resolve();
      await until(() => runs === 2);
    });

    test('no wake-up is lost: after the last ask the row is looked at once more', async () => {
      const rows = Array.from({ length: 5 }, () => ({ id: randomUUID(), written: 0, seen: 0 }));
      await work(async (id) => {
        const row = rows.find((other) => other.id === id);
        if (!row) return;
        const look = row.written;
        await new Promise(setImmediate);
        row.seen = look;
      });
      for (let round = 0; round < 40; round += 1) {
        await Promise.all(
          rows.map((row) => {
            row.written += 1;
            return jobs.ask('deploy', row.id);
          }),
        );
      }
      await until(() => rows.every((row) => row.seen === row.written));
    });

    test('a delayed ask waits, and an ask without delay makes it due', async () => {
      const id = randomUUID();
      const other = randomUUID();
      const seen: string[] = [];
      await work(noting([id, other], seen));
      await jobs.ask('deploy', id, { delayMs: 600_000 });
      await jobs.ask('deploy', other);
      await until(() => seen.includes(other));
      expect(seen).toEqual([other]);
      await jobs.ask('deploy', id);
      await until(() => seen.includes(id));
    });

    test('a delayed ask comes by itself', async () => {
      const id = randomUUID();
      const askedAt = Date.now();
      const ran = deferred<number>();
      await work(async (given) => (given === id ? ran.resolve(Date.now()) : undefined));
      await jobs.ask('deploy', id, { delayMs: 300 });
      expect((await ran.promise) - askedAt).toBeGreaterThanOrEqual(290);
    });

    test('a delayed ask for what is being worked on waits too', async () => {
      const id = randomUUID();
      const other = randomUUID();
      const seen: string[] = [];
      await work(async (asked) => {
        seen.push(asked);
        if (seen.length === 1) await jobs.ask('deploy', id, { delayMs: 600_000 });
      });
      await jobs.ask('deploy', id);
      await until(() => seen.includes(id));
      await jobs.ask('deploy', other);
      await until(() => seen.includes(other));
      expect(seen).toEqual([id, other]);
      expect(await jobs.isAsked('deploy', id)).toBe(true);
      await untilAskRuns(jobs, id, () => seen.length === 3);
    });

    test('work that throws is tried again, and every failure is told with whether it was the last', async () => {
      const id = randomUUID();
      const failures: unknown[] = [];
      const numbers: number[] = [];
      await work(
        async (given, { number }) => {
          if (given !== id) return; // what an earlier test left
          numbers.push(number);
          throw new Error('broken');
        },
        {
          attempts: 3,
          onFailed: async (job, failed, error, last) => {
            failures.push([job, failed, (error as Error).message, last]);
          },
        },
      );
      await jobs.ask('deploy', id);
      await until(() => failures.length === 3);
      expect(numbers).toEqual([1, 2, 3]);
      expect(failures).toEqual([
        ['deploy', id, 'broken', false],
        ['deploy', id, 'broken', false],
        ['deploy', id, 'broken', true],
      ]);
      await untilAskRuns(jobs, id, () => numbers.length > 3);
      expect(numbers[3]).toBe(1);
    });

    test('a row is asked for while its ask waits, is delayed or is worked on, and no longer', async () => {
      const [id, later] = [randomUUID(), randomUUID()] as [string, string];
      const started = deferred<void>();
      const gate = deferred<void>();
      expect(await jobs.isAsked('retire', id)).toBe(false);
      await jobs.ask('retire', id);
      await jobs.ask('retire', later, { delayMs: 60_000 });
      expect([await jobs.isAsked('retire', id), await jobs.isAsked('retire', later)]).toEqual([true, true]);
      expect(await jobs.isAsked('deploy', id)).toBe(false);
      const retire = (): Promise<void> => (started.resolve(), gate.promise);
      const none = async () => undefined;
      workers.push(await jobs.work({ ...idleHandlers, retire }, { concurrency: 1, attempts: 1, onFailed: none }));
      await started.promise;
      expect(await jobs.isAsked('retire', id)).toBe(true);
      gate.resolve();
      await until(async () => !(await jobs.isAsked('retire', id)));
      expect(await jobs.isAsked('retire', later)).toBe(true);
    });

    test('as many jobs of a name run together as the concurrency and its own addition say, and other names are not held up', async () => {
      const ids = Array.from({ length: 5 }, (): string => randomUUID());
      const gate = deferred<void>();
      const resized = deferred<void>();
      let together = 0;
      let most = 0;
      let done = 0;
      const deploy = async (id: string) => {
        if (!ids.includes(id)) return; // what an earlier test left
        together += 1;
        most = Math.max(most, together);
        await gate.promise;
        together -= 1;
        done += 1;
      };
      const none = async () => undefined;
      const handlers = { ...idleHandlers, deploy, resize: async () => resized.resolve() };
      workers.push(await jobs.work(handlers, { concurrency: 1, more: { deploy: 1 }, attempts: 1, onFailed: none }));
      await Promise.all(ids.map((id) => jobs.ask('deploy', id)));
      await until(() => together === 2);
      await jobs.ask('resize', randomUUID());
      await resized.promise;
      gate.resolve();
      await until(() => done === 5);
      expect(most).toBe(2);
    });

    test('a closing worker lets work finish within its grace', async () => {
      const id = randomUUID();
      const gate = deferred<void>();
      const started = deferred<AbortSignal>();
      let finished = false;
      const worker = await work(async (given, { signal }) => {
        if (given !== id) return; // what an earlier test left
        started.resolve(signal);
        await gate.promise;
        finished = true;
      });
      await jobs.ask('deploy', id);
      const signal = await started.promise;
      const closed = worker.close(60_000);
      gate.resolve();
      await closed;
      expect(finished).toBe(true);
      expect(signal.aborted).toBe(false);
    });

    test('closing jobs closes workers that are still open', async () => {
      const own = await open();
      const closed = own.connect();
      const started = deferred();
      let aborted = false;
      const deploy: JobHandler = async (_, { signal }) => {
        started.resolve();
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        aborted = true;
      };
      const none = async () => undefined;
      await closed.work({ ...idleHandlers, deploy }, { concurrency: 1, attempts: 1, onFailed: none });
      await closed.ask('deploy', randomUUID());
      await started.promise;
      await closed.close();
      expect(aborted).toBe(true);
      await own.close();
    });

    test('work that a closing worker aborts waits for the next worker, as the same attempt and without a failure', async () => {
      const id = randomUUID();
      const started = deferred<void>();
      const failures: unknown[] = [];
      const attempts = 1;
      const onFailed = async (...failure: unknown[]) => void failures.push(failure);
      const worker = await work(
        async (given, { signal }) => {
          if (given !== id) return; // what an earlier test left
          started.resolve();
          await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
        },
        { attempts, onFailed },
      );
      await jobs.ask('deploy', id);
      await started.promise;
      await worker.close(0);
      const again = deferred<number>();
      await work(async (given, { number }) => (given === id ? again.resolve(number) : undefined), {
        attempts,
        onFailed,
      });
      expect(await again.promise).toBe(1);
      expect(failures).toEqual([]);
    });
  });
}

/** The run before may still be ending, in which case it remembers the ask; either way it runs again. */
async function untilAskRuns(jobs: Jobs, id: string, ran: () => boolean): Promise<void> {
  await jobs.ask('deploy', id);
  await until(ran);
}
