import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deferred } from '../testing/deferred.js';
import { until } from '../testing/until.js';
import type { Leases } from './leases.js';

export type LeasesBackend = {
  /** Leases as one process sees them. */
  connect(): Leases;
  /** Takes the lease from its holder, as if it had expired. */
  expire(key: string): Promise<void>;
  close(): Promise<void>;
};

/** What every adapter of Leases keeps to. */
export function leasesConformance(name: string, open: () => Promise<LeasesBackend>): void {
  describe(`leases on ${name}`, () => {
    let backend: LeasesBackend;
    let here: Leases;
    let there: Leases;

    beforeAll(async () => {
      backend = await open();
      here = backend.connect();
      there = backend.connect();
    });
    afterAll(async () => {
      await here?.close();
      await there?.close();
      await backend?.close();
    });

    const fenceOf = (leases: Leases, key: string) => leases.hold(key, 60_000, async (fence) => fence);

    test('while one holds the key, another is told null at once; afterwards it may have it', async () => {
      const key = `test:${randomUUID()}`;
      const held = deferred();
      const release = deferred();
      const first = here.hold(key, 60_000, async () => {
        held.resolve();
        await release.promise;
        return 'done';
      });
      await held.promise;
      expect(await fenceOf(there, key)).toBeNull();
      expect(await fenceOf(there, `${key}-other`)).not.toBeNull();
      release.resolve();
      expect(await first).toEqual({ value: 'done' });
      expect(await fenceOf(there, key)).not.toBeNull();
    });

    test('every holder is given a larger fence than all before it', async () => {
      const key = `test:${randomUUID()}`;
      const fences: bigint[] = [];
      for (const leases of [here, there, there, here]) fences.push((await fenceOf(leases, key))!.value);
      await backend.expire(key);
      fences.push((await fenceOf(here, key))!.value);
      expect(fences).toEqual([...new Set(fences)].sort((a, b) => (a < b ? -1 : 1)));
    });

    test('of many that ask at once one holds the key', async () => {
      const key = `test:${randomUUID()}`;
      const release = deferred();
      const asked = Array.from({ length: 20 }, (_, index) =>
        [here, there][index % 2]!.hold(key, 60_000, () => release.promise),
      );
      let refused = 0;
      for (const answer of asked) void answer.then((got) => (refused += got === null ? 1 : 0));
      await until(() => refused === 19);
      release.resolve();
      expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(1);
    });

    test('work that throws gives the key back and its error is passed on', async () => {
      const key = `test:${randomUUID()}`;
      const failing = here.hold(key, 60_000, async () => {
        throw new Error('broken');
      });
      await expect(failing).rejects.toThrow('broken');
      expect(await fenceOf(there, key)).not.toBeNull();
    });

    test('work that takes longer than the lease keeps it', async () => {
      const key = `test:${randomUUID()}`;
      const ttlMs = 1_000;
      const [held, release] = [deferred(), deferred()];
      const holding = here.hold(key, ttlMs, async (_, signal) => {
        held.resolve();
        await release.promise;
        return signal.aborted;
      });
      // Who asks earlier may be given it first.
      await held.promise;
      const end = Date.now() + 2.5 * ttlMs;
      while (Date.now() < end) {
        expect(await there.hold(key, ttlMs, async () => 'stolen')).toBeNull();
        await new Promise(setImmediate);
      }
      release.resolve();
      expect(await holding).toEqual({ value: false });
    });

    test('a holder whose lease was taken over is told by its signal, and its end does not disturb the new holder', async () => {
      const key = `test:${randomUUID()}`;
      const held = deferred();
      const first = here.hold(key, 300, async (_, signal) => {
        held.resolve();
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        return 'told';
      });
      await held.promise;
      const release = deferred();
      const second = takeOver(backend, there, key, release.promise);
      expect(await first).toEqual({ value: 'told' });
      expect(await fenceOf(here, key)).toBeNull();
      release.resolve();
      expect(await second).toEqual({ value: 'new holder' });
    });
  });
}

/** The holder may renew between the two steps, so this goes on until it worked. */
async function takeOver(backend: LeasesBackend, leases: Leases, key: string, end: Promise<void>) {
  for (;;) {
    await backend.expire(key);
    const held = await leases.hold(key, 60_000, async () => {
      await end;
      return 'new holder';
    });
    if (held) return held;
  }
}
