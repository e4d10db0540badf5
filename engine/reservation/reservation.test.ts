import { describe, expect, test } from 'vitest';
import { systemClock } from '@apployd/core/clock';
import { until } from '@apployd/backplane/testing/until';
import { NoRoom } from './no-room.js';
import { reservation } from './reservation.js';
import type { BesideShare, Share } from './share.js';
import type { Asker, Usage } from './usage.js';

const never = new AbortController().signal;
const totalBytes = 100;

/** A reservation of 100 bytes, beside rows that a test sets. */
function scene({ waitMs = 10_000 } = {}) {
  const rows = { besideBytes: 0, ownBytes: 0, look: (): Promise<void> => Promise.resolve() };
  const counted: (readonly string[])[] = [];
  const log: string[] = [];
  const usage = async (_: Asker, deployments: readonly string[]): Promise<Usage> => {
    await rows.look();
    counted.push(deployments);
    const { besideBytes, ownBytes } = rows;
    return { besideBytes, ownBytes, formerBytes: 0, wantedBytes: 0, instanceBytes: 0 };
  };
  const kept = reservation({
    ...{ totalBytes, usage, waitMs, clock: systemClock },
    log: { warn: () => void log.push('a look failed') },
  });
  const build = (name: string, memoryBytes: number): Share => ({
    ...{ kind: 'build', memoryBytes },
    onWait: () => void log.push(`${name} waits`),
  });
  const beside = (name: string, bytes: number | (() => number)): BesideShare => ({
    ...{ kind: 'beside', environmentId: name, deploymentId: name },
    bytes: typeof bytes === 'number' ? () => bytes : bytes,
    onWait: () => void log.push(`${name} waits`),
  });
  /** Holds a share until it is told to let go. */
  const hold = (name: string, share: Share, signal = never) => {
    const done = kept.take(share, signal).then((taken) => {
      log.push(`${name} has it`);
      return taken;
    });
    return { done, letGo: async () => (await done).letGo() };
  };
  return {
    ...{ rows, counted, log, kept, build, beside },
    builds: (name: string, bytes: number, signal?: AbortSignal) => hold(name, build(name, bytes), signal),
    starts: (name: string, bytes: number | (() => number), signal?: AbortSignal) =>
      hold(name, beside(name, bytes), signal),
    has: (...names: readonly string[]) =>
      until(() => names.every((name) => log.includes(`${name} has it`)), `${names.join()} to have it`),
    waits: (name: string) => until(() => log.includes(`${name} waits`), `${name} to wait`),
  };
}

describe('who is let in', () => {
  test('one who builds and one who starts, however much they need and whatever runs', async () => {
    const { rows, builds, starts, has, log } = scene();
    rows.besideBytes = 1_000;
    const one = builds('build', 1_000);
    const other = starts('release', 1_000);
    await has('build', 'release');
    await Promise.all([one.letGo(), other.letGo()]);
    expect(log.filter((line) => line.endsWith('waits'))).toEqual([]);
  });

  test('the first who needs something, beside others who need nothing', async () => {
    const { rows, starts, has, log } = scene();
    rows.besideBytes = 1_000;
    const all = [starts('nothing', 0), starts('something', 10)];
    await has('nothing', 'something');
    expect(log.filter((line) => line.endsWith('waits'))).toEqual([]);
    await Promise.all(all.map((each) => each.letGo()));
  });

  test('more of them as far as it reaches, counting what runs beside by its rows', async () => {
    const { rows, builds, starts, has, waits } = scene();
    rows.besideBytes = 20;
    const all = [builds('first', 40), builds('second', 40)];
    await has('first', 'second');
    all.push(builds('third', 1));
    await waits('third');
    await all[1]?.letGo();
    await has('third');
    all.push(starts('one', 10));
    await has('one');
    all.push(starts('two', 40));
    await waits('two');
    rows.besideBytes = 9;
    await has('two');
    await Promise.all(all.map((each) => each.letGo()));
  });

  test('in the order in which they asked; who needs nothing goes past all of them', async () => {
    const { rows, starts, has, waits, log } = scene();
    rows.besideBytes = 40;
    const [holder, first] = [starts('holder', 10), starts('first', 50)];
    await has('holder', 'first');
    const large = starts('large', 40);
    await waits('large');
    const small = starts('small', 1);
    await waits('small');
    const nothing = starts('nothing', 0);
    await has('nothing');
    await nothing.letGo();
    expect(log).not.toContain('small has it');
    await first.letGo();
    await has('large', 'small');
    expect(log.filter((line) => line.endsWith('has it')).slice(-2)).toEqual(['large has it', 'small has it']);
    await Promise.all([holder, large, small].map((each) => each.letGo()));
  });

  test('who starts before who builds, but for the one build that may always be', async () => {
    const { rows, builds, starts, has, waits, log } = scene();
    rows.besideBytes = 90;
    const [holder, building] = [starts('holder', 5), builds('building', 50)];
    await has('holder', 'building');
    const release = starts('release', 60);
    await waits('release');
    const second = builds('second', 1);
    await waits('second');
    await building.letGo();
    await has('second');
    expect(log).not.toContain('release has it');
    rows.besideBytes = 0;
    await has('release');
    await Promise.all([holder, second, release].map((each) => each.letGo()));
  });

  test('one at a time of those who ask at once: nobody by what is free for another', async () => {
    const { rows, starts, has, waits } = scene();
    rows.besideBytes = 40;
    const all = ['one', 'two'].map((name) => starts(name, 60));
    await has('one');
    await waits('two');
    await all[0]?.letGo();
    await has('two');
    await all[1]?.letGo();
  });

  test('what is held is not counted by its rows as well', async () => {
    const { starts, has, counted } = scene();
    const shop = starts('shop', 10);
    await has('shop');
    const blog = starts('blog', 10);
    await has('blog');
    expect(counted).toEqual([[], ['shop']]);
    await Promise.all([shop.letGo(), blog.letGo()]);
  });
});

/** Somebody has one byte, and what runs has the rest. */
async function fullScene(options?: Parameters<typeof scene>[0]) {
  const full = scene(options);
  full.rows.besideBytes = totalBytes;
  const holder = full.starts('holder', 1);
  await full.has('holder');
  return { ...full, holder };
}

test('what an earlier try has started is not waited for', async () => {
  const { rows, starts, has, waits } = await fullScene();
  const other = starts('other', 40);
  await waits('other');
  rows.ownBytes = 30;
  const again = starts('again', 30);
  await has('again');
  await again.letGo();
  rows.besideBytes = 0;
  await has('other');
  await other.letGo();
});

test('who waits behind others goes past them once nothing is needed any longer', async () => {
  const { starts, has, waits, log } = await fullScene();
  starts('ahead', 1).done.catch(() => undefined);
  await waits('ahead');
  let bytes = 1;
  const behind = starts('behind', () => bytes);
  await waits('behind');
  bytes = 0;
  await has('behind');
  expect(log).not.toContain('ahead has it');
  await behind.letGo();
});

describe('who waits', () => {
  test.each(['first in the line', 'behind another'])(
    'and is not wanted any longer stops at once, %s, and holds nothing',
    async (where) => {
      const { rows, starts, has, waits, log, holder } = await fullScene();
      const ahead = where === 'behind another' ? starts('ahead', 1) : null;
      if (ahead) await waits('ahead');
      const stop = new AbortController();
      const canceled = starts('canceled', 100, stop.signal);
      await waits('canceled');
      stop.abort(new Error('canceled'));
      await expect(canceled.done).rejects.toThrow('canceled');
      rows.besideBytes = 1;
      const next = starts('next', 97);
      await has('next', ...(ahead ? ['ahead'] : []));
      expect(log).not.toContain('canceled has it');
      await Promise.all([holder, ahead, next].map((each) => each?.letGo()));
    },
  );

  test('fails after so long, saying how much there is, and lets those behind it in', async () => {
    const { rows, starts, has, holder } = await fullScene({ waitMs: 700 });
    const failed = await starts('late', 1).done.catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(NoRoom);
    expect((failed as Error).message).toContain('No memory was left for it on the server for 0.7 s: 100 bytes are');
    rows.besideBytes = 1;
    const next = starts('next', 98);
    await has('next');
    await Promise.all([holder.letGo(), next.letGo()]);
  });

  test('keeps its place while the rows cannot be read', async () => {
    const { rows, starts, has, waits, log, holder } = await fullScene();
    const one = starts('one', 1);
    await waits('one');
    rows.look = () => Promise.reject(new Error('the database is away'));
    await until(() => log.includes('a look failed'));
    rows.look = async () => undefined;
    rows.besideBytes = 0;
    await has('one');
    await Promise.all([holder.letGo(), one.letGo()]);
  });
});

test('who left while they were let in holds nothing', async () => {
  const { rows, starts, has } = scene();
  const holder = starts('holder', 1);
  await has('holder');
  const stop = new AbortController();
  rows.look = async () => stop.abort(new Error('canceled'));
  await expect(starts('canceled', 99, stop.signal).done).rejects.toThrow('canceled');
  rows.look = async () => undefined;
  const next = starts('next', 99);
  await has('next');
  await Promise.all([holder.letGo(), next.letGo()]);
});

test('who left while a look hangs is let go at once, and holds nothing once it has ended', async () => {
  const { rows, starts, has } = scene();
  const holder = starts('holder', 1);
  await has('holder');
  const stop = new AbortController();
  const going: (() => void)[] = [];
  rows.look = () => new Promise((resolve) => going.push(resolve));
  const canceled = starts('canceled', 99, stop.signal);
  await until(() => going.length === 1);
  stop.abort(new Error('canceled'));
  await expect(canceled.done).rejects.toThrow('canceled');
  rows.look = async () => undefined;
  for (const goOn of going) goOn();
  const next = starts('next', 99);
  await has('next');
  await Promise.all([holder.letGo(), next.letGo()]);
});

describe('who comes again by themselves', () => {
  const againMs = 60_000;
  const work = async () => 'done';

  test('gets it now or not at all, and not before those who wait', async () => {
    const { kept, beside, starts, has, waits } = scene();
    const holder = starts('holder', 50);
    await has('holder');
    expect(await kept.holdNow(beside('one', 50), againMs, work)).toBe('done');
    const waiting = starts('waiting', 60);
    await waits('waiting');
    await expect(kept.holdNow(beside('one', 50), againMs, work)).rejects.toThrow(
      'No memory was left for it on the server:',
    );
    await holder.letGo();
    await has('waiting');
    await waiting.letGo();
    expect(await kept.holdNow(beside('one', 50), againMs, work)).toBe('done');
  });

  test('has a place meanwhile: who asks later waits behind it', async () => {
    const { kept, beside, starts, has, waits, log, counted } = scene();
    const holder = starts('holder', 50);
    await has('holder');
    await expect(kept.holdNow(beside('one', 51), againMs, work)).rejects.toThrow(NoRoom);
    const small = starts('small', 10);
    await waits('small');
    const looks = counted.length;
    await holder.letGo();
    await until(() => counted.length > looks);
    expect(log).not.toContain('small has it');
    expect(await kept.holdNow(beside('one', 51), againMs, work)).toBe('done');
    await has('small');
    await small.letGo();
  });

  test('leaves its place to what is deployed to its environment', async () => {
    const { kept, beside, starts, has, waits, log } = scene();
    const holder = starts('holder', 50);
    await has('holder');
    await expect(kept.holdNow(beside('one', 51), againMs, work)).rejects.toThrow(NoRoom);
    const small = starts('small', 10);
    await waits('small');
    const same = starts('one', 95);
    await waits('one');
    await holder.letGo();
    await has('one');
    expect(log).not.toContain('small has it');
    await same.letGo();
    await has('small');
    await small.letGo();
  });

  test('is waited for no longer than they said', async () => {
    const { kept, beside, starts, has } = scene();
    const holder = starts('holder', 50);
    await has('holder');
    await expect(kept.holdNow(beside('gone', 51), 700, work)).rejects.toThrow(NoRoom);
    const next = starts('next', 10);
    await has('next');
    await Promise.all([holder.letGo(), next.letGo()]);
  });

  test('is told that there is no room where it cannot be seen', async () => {
    const { kept, beside, rows } = scene();
    rows.look = () => Promise.reject(new Error('the database is away'));
    await expect(kept.holdNow(beside('one', 1), againMs, work)).rejects.toThrow(NoRoom);
  });

  test('lets go of it when the work fails, which fails as it did', async () => {
    const { kept, beside, starts, has } = scene();
    const holder = starts('holder', 1);
    await has('holder');
    const failing = () => Promise.reject(new Error('the work failed'));
    await expect(kept.holdNow(beside('failing', 99), againMs, failing)).rejects.toThrow('the work failed');
    const next = starts('next', 99);
    await has('next');
    await Promise.all([holder.letGo(), next.letGo()]);
  });
});
