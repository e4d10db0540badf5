import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { deadlineIn, withDeadline, withinDeadline } from './deadline.js';

const never: AbortSignal = new AbortController().signal;

test('a deadline fires although nothing but its listener holds it and the garbage collector comes by', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const fired = new Promise<unknown>((resolve) => {
    const signal = withDeadline(never, 50);
    signal.addEventListener('abort', () => resolve(signal.reason), { once: true });
  });
  collectGarbage();
  // What waits is not held by the timer of a deadline: it is for work that keeps the process alive.
  const alive = setInterval(collectGarbage, 10);
  expect(await fired).toMatchObject({ name: 'TimeoutError' });
  clearInterval(alive);
});

test('a deadline of its own fires through a signal that was combined with it', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const fired = new Promise<unknown>((resolve) => {
    const signal = AbortSignal.any([never, deadlineIn(50)]);
    signal.addEventListener('abort', () => resolve(signal.reason), { once: true });
  });
  const alive = setInterval(collectGarbage, 10);
  expect(await fired).toMatchObject({ name: 'TimeoutError' });
  clearInterval(alive);
});

test('it fires with the reason of the outer signal when that is first', () => {
  const outer = new AbortController();
  const signal = withDeadline(outer.signal, 60_000);
  expect(signal.aborted).toBe(false);
  outer.abort(new Error('enough'));
  expect(signal.reason).toMatchObject({ message: 'enough' });
  expect(withDeadline(outer.signal, 60_000).aborted).toBe(true);
});

test('work that is done leaves nothing on the outer signal, however it ended', async () => {
  const outer = new AbortController().signal;
  const listening = await withinDeadline(outer, 60_000, async () => getEventListeners(outer, 'abort').length);
  const failing = withinDeadline(outer, 60_000, () => Promise.reject(new Error('broken')));
  await expect(failing).rejects.toThrow('broken');
  expect([listening, getEventListeners(outer, 'abort').length]).toEqual([1, 0]);
});

test('work that takes too long is told so', async () => {
  const late = withinDeadline(
    never,
    10,
    (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
  );
  const alive = setInterval(() => undefined, 10);
  await expect(late).rejects.toMatchObject({ name: 'TimeoutError' });
  clearInterval(alive);
});
