import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deferred } from '../testing/deferred.js';
import { until } from '../testing/until.js';
import type { Leases } from './leases.js';

export type LeasesBackend = {
  /** Leases as one process sees them, which holds them in this name. */
  connect(owner?: string): Leases;
  /** Takes the lease from its holder, as if it had expired. */
  expire(key: string): Promise<void>;
  close(): Promise<void>;
};

/** What every adapter of Leases keeps to. */
export function leasesConformance(name: string, open: () => Promise<LeasesBackend>): void {
  // They wait for leases to be over, most of their time.
  describe.concurrent(`leases on ${name}`, () => {
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

    test('what was given back may be held at once, every time', async () => {
      const key = `test:${randomUUID()}`;
      const refused: number[] = [];
      for (let turn = 1; turn <= 100; turn += 1) if (!(await fenceOf(here, key))) refused.push(turn);
      expect(refused).toEqual([]);
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
      const ttlMs = 4_000;
      let kept = await keptWhileAsked(here, there, ttlMs);
      // Renewed every third of it: who stands still for two may lose it, and nothing is said about a lease of such a time.
      for (let tried = 1; kept.stoodStillMs > ttlMs / 3 && tried < 3; tried += 1) {
        kept = await keptWhileAsked(here, there, ttlMs);
      }
      expect(kept).toMatchObject({ stolen: null, held: { value: 'kept' } });
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

/** What those keep to besides that outlive their process. */
export function formerLeasesConformance(name: string, open: () => Promise<LeasesBackend>): void {
  describe.concurrent(`leases of who was killed, on ${name}`, () => {
    let backend: LeasesBackend;
    const connected: Leases[] = [];
    beforeAll(async () => {
      backend = await open();
    });
    afterAll(async () => {
      await Promise.all(connected.map((leases) => leases.close()));
      await backend?.close();
    });
    const connect = (owner?: string) => {
      const leases = backend.connect(owner);
      connected.push(leases);
      return leases;
    };
    /** Holds on until it is told that it has lost it, or is to end. */
    const hold = (owner: string | undefined, key: string, ttlMs: number) => {
      const [held, end] = [deferred(), deferred()];
      const fence = connect(owner).hold(key, ttlMs, async (given, signal) => {
        held.resolve();
        signal.addEventListener('abort', () => end.resolve());
        await end.promise;
        return given;
      });
      return { held: held.promise, end: () => end.resolve(), fence };
    };

    test('who comes after it in the same name frees them, with a larger fence, and one that lives is told', async () => {
      const [owner, key] = [`server ${randomUUID()}`, `test:${randomUUID()}`];
      // It is told within a third of it.
      const former = hold(owner, key, 10_000);
      await former.held;
      const next = connect(owner);
      expect(await next.hold(key, 60_000, async () => 'stolen')).toBeNull();
      expect(await next.endFormer()).toBe(1);
      const fence = await next.hold(key, 60_000, async (given) => given);
      expect(fence!.value).toBeGreaterThan((await former.fence)!.value);
      expect(await next.endFormer()).toBe(0);
    });

    test('those of others stay, whose names begin alike, or who have none', async () => {
      const owner = `server ${randomUUID()}`;
      const others = [`${owner}/two`, `${owner}2`, owner.slice(0, -1), `x/${owner}`, undefined];
      const keys = others.map(() => `test:${randomUUID()}`);
      const holding = others.map((other, i) => hold(other, keys[i] ?? '', 60_000));
      await Promise.all(holding.map(({ held }) => held));
      const next = connect(owner);
      const isTaken = () =>
        Promise.all(keys.map(async (key) => (await next.hold(key, 60_000, async () => 'free')) === null));
      expect([await next.endFormer(), await connect().endFormer()]).toEqual([0, 0]);
      expect(await isTaken()).toEqual(keys.map(() => true));
      for (const { end } of holding) end();
      await Promise.all(holding.map(({ fence }) => fence));
    });
  });
}

/**
 * Has one hold a new key for one and a half times its life while the other asks for it, until it gets it. Tells what both got
 * of it, and how long this process stood still at most between two turns.
 */
async function keptWhileAsked(here: Leases, there: Leases, ttlMs: number) {
  const key = `test:${randomUUID()}`;
  const [start, release] = [deferred(), deferred()];
  let turn = performance.now();
  const holding = here.hold(key, ttlMs, async (_, signal) => {
    start.resolve();
    await release.promise;
    return signal.aborted ? 'lost' : 'kept';
  });
  // Who asks earlier may be given it first.
  await start.promise;
  const end = performance.now() + 1.5 * ttlMs;
  let stolen: { readonly value: string } | null = null;
  let stoodStillMs = 0;
  while (turn < end && !stolen) {
    stolen = await there.hold(key, ttlMs, async () => 'stolen');
    await sleep(20);
    stoodStillMs = Math.max(stoodStillMs, performance.now() - turn);
    turn = performance.now();
  }
  release.resolve();
  return { stolen, held: await holding, stoodStillMs };
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
