import { expect, test } from 'vitest';
import { notBefore } from './not-before.js';

/** A clock that a test moves on. */
function held() {
  let ring = () => {};
  const sleep = () => new Promise<void>((resolve) => (ring = resolve));
  return { clock: { sleep }, ring: () => ring() };
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  await new Promise(setImmediate);
  const settled = promise.then(
    () => null,
    () => null,
  );
  return (await Promise.race([settled, Promise.resolve(pending)])) !== pending;
}

test('work that is done is not told of before the time is over', async () => {
  const { clock, ring } = held();
  const told = notBefore(300, Promise.resolve('done'), clock);
  expect(await isSettled(told)).toBe(false);
  ring();
  expect(await told).toBe('done');
});

test('neither is work that has failed', async () => {
  const { clock, ring } = held();
  const told = notBefore(300, Promise.reject(new Error('broken')), clock);
  expect(await isSettled(told)).toBe(false);
  ring();
  await expect(told).rejects.toThrow('broken');
});

test('work that takes longer is waited for', async () => {
  const { clock, ring } = held();
  let finish = (_outcome: string) => {};
  const told = notBefore(300, new Promise<string>((resolve) => (finish = resolve)), clock);
  ring();
  expect(await isSettled(told)).toBe(false);
  finish('late');
  expect(await told).toBe('late');
});
