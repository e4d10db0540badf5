import { testDatabase } from '@apployd/prisma/test-database';
import { describe, expect, test } from 'vitest';
import { createLogger, silentLogger } from '../log/logger.js';
import { testRedis, withoutRedis } from '../testing/test-redis.js';
import { limitsConformance } from './limits.conformance.js';
import type { Limits } from './limits.js';
import { memoryLimits } from './memory.js';
import { postgresLimits } from './postgres.js';
import { redisLimits } from './redis.js';
import { inShares } from './shares.js';
import { withStandIn } from './stand-in.js';

limitsConformance('memory', async () => {
  const limits = memoryLimits();
  return { connect: () => limits, close: async () => undefined };
});

limitsConformance('PostgreSQL', async () => {
  const { db, close } = await testDatabase();
  return { connect: () => postgresLimits(db), close };
});

describe.skipIf(withoutRedis(process.env))('with Redis', () => {
  limitsConformance('Redis', async () => {
    const redis = await testRedis();
    return {
      connect: () => redisLimits({ redisUrl: redis.url, log: silentLogger }),
      close: () => redis.close(),
    };
  });
});

const bucket = { capacity: 1_000, perSecond: 10 };

/** Counts how often it is asked. */
function counted(limits: Limits) {
  let asked = 0;
  const take: Limits['take'] = (...call) => ((asked += 1), limits.take(...call));
  return { ...limits, take, asked: () => asked };
}

describe('in shares', () => {
  const world = () => {
    let at = 1_000_000;
    const now = () => at;
    const store = counted(memoryLimits(now));
    return { store, now, pass: (ms: number) => (at += ms), open: () => inShares(store, now) };
  };

  test('the store is asked once for many takes', async () => {
    const { store, open } = world();
    const limits = open();
    for (let i = 1; i <= 50; i += 1) {
      expect(await limits.take('a', 1, bucket)).toEqual({ granted: true, remaining: 1_000 - i, retryAfterMs: 0 });
    }
    expect(store.asked()).toBe(1);
  });

  test('takes at once share one question', async () => {
    const { store, open } = world();
    const limits = open();
    const taken = await Promise.all(Array.from({ length: 50 }, () => limits.take('a', 1, bucket)));
    expect(taken.every(({ granted }) => granted)).toBe(true);
    expect(store.asked()).toBe(1);
  });

  test('all that a bucket holds can be had, and no more', async () => {
    const { open } = world();
    const limits = open();
    let granted = 0;
    while ((await limits.take('a', 7, bucket)).granted) granted += 7;
    expect(granted).toBe(994);
    expect((await limits.take('a', 6, bucket)).granted).toBe(true);
    expect((await limits.take('a', 1, bucket)).granted).toBe(false);
  });

  test('processes together give no more than the bucket holds', async () => {
    const { open } = world();
    const processes = [open(), open()];
    const asked = Array.from({ length: 600 }, (_, i) => processes[i % 2]!.take('a', 5, bucket));
    const granted = (await Promise.all(asked)).filter((taken) => taken.granted).length;
    expect(granted).toBeLessThanOrEqual(200);
    expect(granted).toBeGreaterThanOrEqual(190);
  });

  test('who was refused is refused from memory until the wait is over, then served', async () => {
    const { store, pass, open } = world();
    const limits = open();
    while ((await limits.take('a', 10, bucket)).granted);
    const { retryAfterMs } = await limits.take('a', 10, bucket);
    const before = store.asked();
    for (let i = 0; i < 100; i += 1) expect((await limits.take('a', 10, bucket)).granted).toBe(false);
    expect(store.asked()).toBe(before);
    pass(retryAfterMs);
    expect((await limits.take('a', 10, bucket)).granted).toBe(true);
  });

  test('what is given back serves the next one', async () => {
    const { store, open } = world();
    const limits = open();
    await limits.take('a', 50, bucket);
    await limits.refund('a', 40, bucket);
    expect(await limits.take('a', 40, bucket)).toMatchObject({ granted: true, remaining: 950 });
    expect(store.asked()).toBe(1);
  });

  test('a share does not outlast the time in which its points come back by themselves', async () => {
    const { store, pass, open } = world();
    const limits = open();
    await limits.take('a', 1, bucket);
    pass(20_000);
    expect(await limits.take('a', 1, bucket)).toMatchObject({ granted: true });
    expect(store.asked()).toBe(2);
  });

  test('what an ended share still held is not lost: who asks seldom, and is charged more than it costs, loses nothing', async () => {
    const { store, pass, open } = world();
    const limits = open();
    const seldom = { capacity: 1_000, perSecond: 1 };
    for (let time = 0; time < 10; time += 1) {
      await limits.take('a', 400, seldom);
      await limits.refund('a', 390, seldom);
      pass(100_000);
    }
    expect(await limits.take('a', 10, seldom)).toMatchObject({ granted: true, remaining: 990 });
    expect(store.asked()).toBe(11);
  });

  test('a share that has ended and a bucket that has filled up together are no more than the bucket', async () => {
    const { pass, open } = world();
    const limits = open();
    await limits.take('a', 400, bucket);
    await limits.refund('a', 390, bucket);
    pass(30_000);
    let granted = 0;
    while ((await limits.take('a', 10, bucket)).granted) granted += 10;
    expect(granted).toBe(1_000);
  });
});

describe('while the store is away', () => {
  const broken: Limits = {
    take: async () => {
      throw new Error('away');
    },
    refund: async () => {
      throw new Error('away');
    },
    close: async () => undefined,
  };

  test('this process counts, says so once, and asks the store again after a rest', async () => {
    let at = 0;
    const logged: string[] = [];
    const log = createLogger({ name: 'x', level: 'warn', format: 'json', write: (line) => void logged.push(line) });
    const store = counted(broken);
    const limits = withStandIn(store, memoryLimits(), log, () => at);
    expect(await limits.take('a', 600, bucket)).toMatchObject({ granted: true });
    expect(await limits.take('a', 600, bucket)).toMatchObject({ granted: false });
    await limits.refund('a', 600, bucket);
    expect(await limits.take('a', 600, bucket)).toMatchObject({ granted: true });
    expect(store.asked()).toBe(1);
    expect(logged).toHaveLength(1);
    at = 5_000;
    await limits.take('a', 1, bucket);
    expect(store.asked()).toBe(2);
    expect(logged).toHaveLength(1);
  });

  test('a store that does not answer is not waited for', async () => {
    const silent: Limits = { ...broken, take: () => new Promise(() => undefined) };
    const limits = withStandIn(silent, memoryLimits(), silentLogger);
    expect(await limits.take('a', 1, bucket)).toMatchObject({ granted: true });
  });
});
