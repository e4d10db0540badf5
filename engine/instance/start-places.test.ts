import { expect, test } from 'vitest';
import { systemClock } from '@apployd/core/clock';
import { until } from '@apployd/backplane/testing/until';
import { startPlaces } from './start-places.js';

const never = new AbortController().signal;

/** Two places; what begins is noted, and goes on until it is told to end. */
function scene(heldMs: number) {
  const places = startPlaces({ places: 2, heldMs, clock: systemClock });
  const begun: string[] = [];
  const starts = (name: string, signal = never) => {
    let end = (): void => undefined;
    const going = new Promise<void>((resolve) => (end = resolve));
    const done = places.within(signal, () => {
      begun.push(name);
      return going;
    });
    return { done, end: () => (end(), done) };
  };
  return { begun, starts, places };
}

test('so many start at once, the others as places become free, in the order in which they asked', async () => {
  const { begun, starts } = scene(60_000);
  const all = ['a', 'b', 'c', 'd'].map((name) => starts(name));
  await until(() => begun.length === 2);
  await all[1]?.end();
  await until(() => begun.length === 3);
  await Promise.all(all.map(({ end }) => end()));
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
});

test('who takes long keeps nobody waiting, and takes no second place when it ends', async () => {
  const { begun, starts } = scene(50);
  const slow = [starts('slow'), starts('slower')];
  const other = starts('other');
  await until(() => begun.length === 3);
  await Promise.all([...slow, other].map(({ end }) => end()));
  expect(begun).toEqual(['slow', 'slower', 'other']);
});

test('a place is free again after work that failed, and who is not waited for any longer has none', async () => {
  const { begun, starts, places } = scene(60_000);
  await expect(places.within(never, () => Promise.reject(new Error('it failed')))).rejects.toThrow('it failed');
  const all = [starts('a'), starts('b')];
  const stop = new AbortController();
  const canceled = starts('canceled', stop.signal);
  await until(() => begun.length === 2);
  stop.abort(new Error('canceled'));
  await expect(canceled.done).rejects.toThrow('canceled');
  await expect(starts('late', stop.signal).done).rejects.toThrow('canceled');
  await all[0]?.end();
  const next = starts('next');
  await until(() => begun.length === 3);
  await Promise.all([...all.slice(1), next].map(({ end }) => end()));
  expect(begun).toEqual(['a', 'b', 'next']);
});
