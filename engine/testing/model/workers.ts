import { memoryJobs } from '@apployd/backplane/jobs/memory';
import type { Jobs } from '@apployd/backplane/jobs/jobs';
import { postgresLeases } from '@apployd/backplane/leases/postgres';
import type { Engine } from '../../engine.js';
import { startWorker } from '../../worker.js';
import { mortal, newLife, type Life } from './mortal.js';

type Worker = { readonly engine: Engine; readonly jobs: Jobs; readonly life: Life; close(): Promise<void> };

/** Two workers on one database and one machine. One that is killed takes its jobs with it, and another comes in its place. */
export type Workers = {
  ask(deploymentId: string): Promise<void>;
  /** Has the worker die after so many more calls. */
  killAfter(which: 0 | 1, calls: number): void;
  /** Resolves once they have made so many more calls, or nothing is left to do. Rejects where one could not be replaced. */
  goOn(calls: number): Promise<void>;
  /** What is asked for, of either. */
  readonly engine: Engine;
  close(): Promise<void>;
};

export async function twoWorkers(base: Engine): Promise<Workers> {
  const all: Worker[] = [];
  const busy = new Map<Life, number>();
  let turn = 0;
  let former = 0;
  const alive = () => all.filter(({ life }) => !life.isOver);
  const either: Pick<Jobs, 'ask' | 'isAsked'> = {
    ask: async (...args) => {
      turn += 1;
      const living = alive();
      await living[turn % living.length]?.jobs.ask(...args);
    },
    isAsked: async (...args) => (await Promise.all(alive().map(({ jobs }) => jobs.isAsked(...args)))).includes(true),
  };

  async function hire(place: number): Promise<void> {
    const held = new Set<string>();
    const life = newLife(() => replace(place, held));
    busy.set(life, 0);
    const jobs = memoryJobs();
    const db = mortal(base.db, life);
    const leases = postgresLeases(db);
    const engine: Engine = {
      ...base,
      db,
      gate: null,
      jobs: { ...jobs, ...either, work: (handlers, options) => jobs.work(counted(handlers, life, busy), options) },
      leases: {
        ...leases,
        hold: (key, ttlMs, work) => {
          held.add(key);
          return leases.hold(key, ttlMs, work);
        },
      },
      runtime: mortal(base.runtime, life),
      builder: mortal(base.builder, life),
      logs: mortal(base.logs, life),
    };
    await startWorker(engine, 2);
    all[place] = { engine, jobs, life, close: () => jobs.close() };
  }

  /** Time passes: the leases of the dead are over, and its successor begins with an empty queue. */
  function replace(place: number, held: ReadonlySet<string>): void {
    const dead = all[place];
    former += dead?.life.calls ?? 0;
    replacing = replacing
      .then(async () => {
        await base.db.lease.updateMany({ where: { key: { in: [...held] } }, data: { expiresAt: new Date(0) } });
        await hire(place);
        void dead?.close().catch(keep);
      })
      .catch(keep);
  }
  let replacing = Promise.resolve();
  /** Nobody waits for a replacement while it happens. */
  const keep = (error: unknown) => void faults.push(error);
  const faults: unknown[] = [];
  const replaced = async () => {
    await replacing;
    if (faults.length > 0) throw new AggregateError(faults, 'A worker that was killed could not be replaced.');
  };

  await hire(0);
  await hire(1);
  const calls = () => former + all.reduce((sum, { life }) => sum + life.calls, 0);
  const isIdle = () => alive().every(({ life }) => busy.get(life) === 0);
  return {
    ask: (id) => either.ask('deploy', id),
    killAfter: (which, count) => all[which]?.life.endAfter(count),
    async goOn(count) {
      const target = calls() + count;
      while (calls() < target && !isIdle()) await new Promise(setImmediate);
      await replaced();
    },
    engine: { ...base, gate: null, jobs: { ...memoryJobs(), ...either } },
    async close() {
      await replaced().finally(() => Promise.all(all.map((worker) => worker.close())));
    },
  };
}

type Handlers = Parameters<Jobs['work']>[0];

function counted(handlers: Handlers, life: Life, busy: Map<Life, number>): Handlers {
  const count = (by: number) => busy.set(life, (busy.get(life) ?? 0) + by);
  const entries = Object.entries(handlers).map(([name, work]) => [
    name,
    async (...args: Parameters<typeof work>) => {
      count(1);
      await work(...args).finally(() => count(-1));
    },
  ]);
  return Object.fromEntries(entries) as Handlers;
}
