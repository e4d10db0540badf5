import { silentLogger } from '@apployd/backplane/log/logger';
import { hourOf } from '@apployd/core/usage';
import { describe, expect, test } from 'vitest';
import type { CheckedFile } from '../checked-file.js';
import type { Router, TrafficSample } from '../router/router.js';
import { countTraffic, openSpool, type CountTraffic } from './count-traffic.js';
import { usageSpool } from './spool.js';
import type { Bundle, UsageStore } from './usage-store.js';

const hour = hourOf(new Date('2026-11-27T10:20:00Z'));
const environmentId = 'one';

/** What outlives a process: the log that a router reads, the disk, and where usage is kept for all. */
function aWorld() {
  const log: TrafficSample[] = [];
  let disk: string | null = null;
  const sequences = new Map<string, number>();
  let kept = 0;
  return {
    pass: (bytesOut: number) =>
      void log.push({ hostname: 'app.test', environmentId, hour, requests: 1, bytesIn: 1, bytesOut, open: 0 }),
    passed: () => log.reduce((sum, sample) => sum + sample.bytesOut, 0),
    kept: () => kept,
    file: { load: async () => disk, save: async (text: string) => void (disk = text) } satisfies CheckedFile,
    router: {
      traffic: async (after = {}) => ({ samples: log.slice(after['at'] ?? 0), mark: { at: log.length } }),
    } satisfies Pick<Router, 'traffic'>,
    usage: {
      add: async (_: string, { spoolId, sequence, hours }: Bundle) => {
        const last = sequences.get(spoolId) ?? 0;
        if (last >= sequence) return last === sequence;
        sequences.set(spoolId, sequence);
        kept += hours.reduce((sum, { bytesOut }) => sum + bytesOut, 0);
        return true;
      },
    } satisfies UsageStore,
  };
}

type World = ReturnType<typeof aWorld>;

/** Kills at the act of this number, before it is done or after; whoever is dead does nothing more. */
function killer(at: number) {
  let acts = 0;
  let isDead = false;
  return {
    isDead: () => isDead,
    act: <A extends readonly unknown[], R>(does: (...args: A) => Promise<R>) => {
      const orDie = () => {
        isDead ||= acts === at;
        acts += 1;
        if (isDead) throw new Error('Killed.');
      };
      return async (...args: A) => {
        orDie();
        const result = await does(...args);
        orDie();
        return result;
      };
    },
  };
}

async function aProcess({ file, router, usage }: World, { act } = killer(Infinity), log = silentLogger) {
  const parts = {
    spool: usageSpool({ load: act(file.load), save: act(file.save) }),
    router: { traffic: act(router.traffic) },
    usage: { add: act(usage.add) },
    edgeName: 'edge',
    log,
  };
  await openSpool(parts);
  return countTraffic(parts);
}

async function rounds(world: World, process: CountTraffic): Promise<void> {
  for (const bytes of [100, 20, 3]) {
    world.pass(bytes);
    await process.look();
    await process.handOver();
  }
}

describe('a process that is killed loses nothing of the log and counts nothing twice', () => {
  const acts = Array.from({ length: 40 }, (_, at) => at);
  test.each(acts)('at act %i', async (at) => {
    const world = aWorld();
    // The first start of all is over: there is a spool.
    await aProcess(world);
    const killed = killer(at);
    await aProcess(world, killed)
      .then((process) => rounds(world, process))
      .catch(() => undefined);
    const next = await aProcess(world);
    await rounds(world, next);
    expect(world.kept()).toBe(world.passed());
    expect(killed.isDead()).toBe(at < 26);
  });
});

test('what was on its way is brought as it was, and what came since by itself', async () => {
  const world = aWorld();
  const brought: Bundle[] = [];
  let isAway = true;
  const usage = {
    add: async (_: string, bundle: Bundle) => {
      brought.push(bundle);
      if (isAway) throw new Error('The database is away.');
      return true;
    },
  };
  const process = await aProcess({ ...world, usage });
  world.pass(5);
  await process.look();
  await expect(process.handOver()).rejects.toThrow('away');
  world.pass(7);
  await process.look();
  isAway = false;
  await process.handOver();
  expect(brought.map(({ sequence, hours }) => [sequence, hours.map(({ bytesOut }) => bytesOut)])).toEqual([
    [1, [5]],
    [1, [5]],
    [2, [7]],
  ]);
});

test('without a spool what was counted by nobody knows whom is left out, and what comes is counted', async () => {
  const world = aWorld();
  world.pass(5);
  const process = await aProcess({ ...world, file: { ...world.file, load: async () => '{"broken' } });
  world.pass(7);
  await process.look();
  await process.handOver();
  expect(world.kept()).toBe(7);
});

test('a disk that takes nothing holds nobody up, and costs nothing once it does', async () => {
  const world = aWorld();
  let isFull = false;
  const save = async (text: string) => (isFull ? Promise.reject(new Error('full')) : world.file.save(text));
  const process = await aProcess({ ...world, file: { ...world.file, save } });
  isFull = true;
  world.pass(5);
  expect(await process.look()).toHaveLength(1);
  await expect(process.handOver()).rejects.toThrow('full');
  expect(world.kept()).toBe(0);
  isFull = false;
  await process.handOver();
  expect(world.kept()).toBe(5);
});

test('an old copy of a spool counts nothing again, is said to be one, and goes on with what comes', async () => {
  const world = aWorld();
  const process = await aProcess(world);
  world.pass(100);
  await process.look();
  await process.handOver();
  const old = await world.file.load();
  world.pass(20);
  await process.look();
  await process.handOver();
  world.pass(3);
  await process.look();
  await process.handOver();
  await world.file.save(old ?? '');
  const said: unknown[] = [];
  const log = { ...silentLogger, error: (...words: unknown[]) => void said.push(words) } as typeof silentLogger;
  const restored = await aProcess(world, undefined, log);
  await restored.look();
  await restored.handOver();
  expect([world.kept(), said.length]).toEqual([123, 1]);
  await rounds(world, restored);
  await rounds(world, await aProcess(world));
  expect([world.kept(), said.length]).toEqual([world.passed(), 1]);
});

test('the router is told which mark is on the disk, and may let go of nothing that is not', async () => {
  const world = aWorld();
  let isFull = false;
  const save = async (text: string) => (isFull ? Promise.reject(new Error('full')) : world.file.save(text));
  const kept: unknown[] = [];
  const traffic = async (after = {}, saved = {}) => {
    kept.push(saved);
    return world.router.traffic(after);
  };
  const process = await aProcess({ ...world, router: { traffic }, file: { ...world.file, save } });
  for (const full of [true, false, false]) {
    isFull = full;
    world.pass(5);
    await process.look();
  }
  expect(kept.slice(-3)).toEqual([{ at: 0 }, { at: 0 }, { at: 2 }]);
});

test('a spool that nobody empties keeps all bytes and stays small', async () => {
  const sizes = { mostHours: 10, mostInBundle: 3 };
  const spool = usageSpool({ load: async () => null, save: async () => {} }, sizes);
  const at = (i: number) => new Date(hour.getTime() + Math.floor(i / 2) * 3_600_000);
  for (let i = 0; i < 100; i += 1)
    spool.add([{ environmentId: `${i % 2}`, hour: at(i), bytesIn: 1, bytesOut: 1 }], { i });
  const hours: unknown[] = [];
  let bytes = 0;
  for (let bundle = spool.bundle(); bundle; bundle = spool.bundle()) {
    expect(bundle.hours.length).toBeLessThanOrEqual(sizes.mostInBundle);
    hours.push(...bundle.hours);
    bytes += bundle.hours.reduce((sum, { bytesOut }) => sum + bytesOut, 0);
    spool.handed();
  }
  expect(bytes).toBe(100);
  expect(hours.length).toBeLessThanOrEqual(sizes.mostHours);
});
