import { expect, test } from 'vitest';
import { gathered } from './gathered.js';

/** Answers each look when it is told to. */
function slowStore() {
  const looks: { readonly keys: readonly string[]; answer(): void; fail(error: Error): void }[] = [];
  const find = (keys: readonly string[]) =>
    new Promise<ReadonlyMap<string, string>>((resolve, reject) => {
      const known = keys.filter((key) => !key.startsWith('unknown'));
      looks.push({ keys, answer: () => resolve(new Map(known.map((key) => [key, `row of ${key}`]))), fail: reject });
    });
  return { looks, find };
}

const landed = () => new Promise(setImmediate);

test('who comes alone is looked up at once', async () => {
  const { looks, find } = slowStore();
  const lookUp = gathered(find);
  const found = lookUp('a');
  expect(looks.map(({ keys }) => keys)).toEqual([['a']]);
  looks[0]?.answer();
  expect(await found).toBe('row of a');
});

test('who comes while a look is on its way goes with the next one, the same keys once', async () => {
  const { looks, find } = slowStore();
  const lookUp = gathered(find);
  const found = ['a', 'b', 'c', 'b', 'a', 'unknown'].map(lookUp);
  expect(looks.map(({ keys }) => keys)).toEqual([['a']]);
  looks[0]?.answer();
  expect(await found[0]).toBe('row of a');
  await landed();
  // A key of the look before is asked again: its answer may have been true before only.
  expect(looks[1]?.keys).toEqual(['b', 'c', 'a', 'unknown']);
  looks[1]?.answer();
  expect(await Promise.all(found)).toEqual(['row of a', 'row of b', 'row of c', 'row of b', 'row of a', null]);
  expect(looks).toHaveLength(2);
});

test('a look takes no more than it may, and the rest goes after it', async () => {
  const { looks, find } = slowStore();
  const lookUp = gathered(find, { most: 2 });
  const found = ['a', 'b', 'c', 'd'].map(lookUp);
  for (let look = 0; look < 3; look += 1) {
    looks[look]?.answer();
    await landed();
  }
  expect(looks.map(({ keys }) => keys)).toEqual([['a'], ['b', 'c'], ['d']]);
  expect(await Promise.all(found)).toHaveLength(4);
});

test('where a look fails all fail that it was for, and who comes after them is looked up', async () => {
  const { looks, find } = slowStore();
  const lookUp = gathered(find);
  const first = lookUp('a');
  const found = Promise.allSettled(['b', 'c'].map(lookUp));
  looks[0]?.answer();
  await first;
  await landed();
  const broken = new Error('broken off');
  looks[1]?.fail(broken);
  expect(await found).toEqual([
    { status: 'rejected', reason: broken },
    { status: 'rejected', reason: broken },
  ]);
  await landed();
  const after = lookUp('d');
  looks[2]?.answer();
  expect(await after).toBe('row of d');
});

test('who waits behind a look that hangs is looked up beside it after a while, and so is who comes later', async () => {
  const { looks, find } = slowStore();
  const lookUp = gathered(find, { patienceMs: 50 });
  const hanging = lookUp('hanging');
  const waiting = lookUp('a');
  await expect.poll(() => looks.map(({ keys }) => keys)).toEqual([['hanging'], ['a']]);
  const late = lookUp('b');
  looks[1]?.answer();
  expect(await waiting).toBe('row of a');
  await expect.poll(() => looks.length).toBe(3);
  // That it ends after all begins no look for those whose look is on its way.
  looks[0]?.answer();
  expect(await hanging).toBe('row of hanging');
  looks[2]?.answer();
  expect(await late).toBe('row of b');
  expect(looks).toHaveLength(3);
});
