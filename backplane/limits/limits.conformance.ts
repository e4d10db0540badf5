import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../testing/until.js';
import type { Bucket, Limits, Taken } from './limits.js';

export type LimitsBackend = {
  /** A process's own; all of them share the buckets. */
  connect(): Limits;
  close(): Promise<void>;
};

/** Fills up so slowly that no test sees it. */
const slow = { capacity: 100, perSecond: 0.001 };
const fast = { capacity: 10, perSecond: 100 };

/** What every adapter promises. */
export function limitsConformance(name: string, open: () => Promise<LimitsBackend>): void {
  describe(`limits on ${name}`, () => {
    let backend: LimitsBackend;
    let here: Limits;
    let there: Limits;

    beforeAll(async () => {
      backend = await open();
      [here, there] = [backend.connect(), backend.connect()];
    });
    afterAll(async () => {
      await Promise.all([here.close(), there.close()]);
      await backend.close();
    });

    test('a bucket is full at first, and gives points until it is empty', async () => {
      const key = randomUUID();
      expect(await here.take(key, 60, slow)).toEqual({ granted: true, remaining: 40, retryAfterMs: 0 });
      expect(await here.take(key, 40, slow)).toEqual({ granted: true, remaining: 0, retryAfterMs: 0 });
      expect(await here.take(key, 1, slow)).toMatchObject({ granted: false, remaining: 0 });
    });

    test('who asks for more than is left gets nothing, and is told when it will be there', async () => {
      const key = randomUUID();
      await here.take(key, 90, slow);
      const { granted, remaining, retryAfterMs } = await here.take(key, 11, slow);
      expect({ granted, remaining }).toEqual({ granted: false, remaining: 10 });
      expect(retryAfterMs).toBeGreaterThan(900_000);
      expect(retryAfterMs).toBeLessThanOrEqual(1_000_000);
      expect(await here.take(key, 10, slow)).toMatchObject({ granted: true, remaining: 0 });
    });

    test('more than a bucket holds is never granted', async () => {
      const key = randomUUID();
      expect(await here.take(key, 101, slow)).toMatchObject({ granted: false, remaining: 100 });
      expect(await here.take(key, 100, slow)).toMatchObject({ granted: true });
    });

    test('an empty bucket fills up point by point, not all at once when a time is over', async () => {
      const key = randomUUID();
      await here.take(key, 10, fast);
      const seen: number[] = [];
      await until(async () => {
        const { remaining } = await here.take(key, 0, fast);
        seen.push(remaining);
        return remaining === 10;
      });
      expect(seen).toEqual([...seen].sort((a, b) => a - b));
      expect((await here.take(key, 11, fast)).granted).toBe(false);
    });

    test('the wait that is told suffices', async () => {
      // Half of it takes half a second.
      const bucket = { capacity: 10, perSecond: 10 };
      const { key, granted, retryAfterMs } = await emptiedAndAsked(here, 5, bucket, 400);
      expect(granted).toBe(false);
      const at = Date.now() + retryAfterMs;
      await until(() => Date.now() > at);
      expect((await here.take(key, 5, bucket)).granted).toBe(true);
    });

    test('looking takes nothing', async () => {
      const key = randomUUID();
      expect(await here.take(key, 0, slow)).toEqual({ granted: true, remaining: 100, retryAfterMs: 0 });
      await here.take(key, 30, slow);
      expect(await here.take(key, 0, slow)).toEqual({ granted: true, remaining: 70, retryAfterMs: 0 });
      expect(await here.take(key, 0, slow)).toEqual({ granted: true, remaining: 70, retryAfterMs: 0 });
    });

    test('what is given back can be taken again, and a bucket never holds more than its capacity', async () => {
      const key = randomUUID();
      await here.take(key, 100, slow);
      await here.refund(key, 25, slow);
      expect(await here.take(key, 0, slow)).toMatchObject({ remaining: 25 });
      await here.refund(key, 500, slow);
      expect(await here.take(key, 0, slow)).toMatchObject({ remaining: 100 });
      await here.refund(randomUUID(), 5, slow);
    });

    test('keys do not know of each other', async () => {
      await here.take(randomUUID(), 100, slow);
      expect(await here.take(randomUUID(), 100, slow)).toMatchObject({ granted: true });
    });

    test('processes together take each point once, however they ask at once', async () => {
      const key = randomUUID();
      const asked = Array.from({ length: 60 }, (_, index) => [here, there][index % 2]!.take(key, 3, slow));
      const granted = (await Promise.all(asked)).filter((taken) => taken.granted);
      expect(granted).toHaveLength(33);
    });
  });
}

/**
 * Empties a new bucket and asks it for points at once. Where a stall of the machine came between the two, in which it may
 * have filled up, another bucket is emptied.
 */
async function emptiedAndAsked(
  limits: Limits,
  points: number,
  bucket: Bucket,
  withinMs: number,
): Promise<Taken & { readonly key: string }> {
  for (let tried = 1; ; tried += 1) {
    const key = randomUUID();
    const before = performance.now();
    await limits.take(key, bucket.capacity, bucket);
    const taken = await limits.take(key, points, bucket);
    if (performance.now() - before < withinMs || tried === 10) return { ...taken, key };
  }
}
