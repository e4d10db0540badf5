import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { giveBackWhatStartingTook } from './give-back.js';

// In a function of its own: no variable of the test holds it.
const take = () => new WeakRef({ by: 'the start' });

afterEach(() => vi.useRealTimers());

test('what starting took is let go of a while later, though nothing else asks for memory', async () => {
  const taken = take();
  await setImmediate();
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  giveBackWhatStartingTook();
  vi.advanceTimersByTime(5_000);
  await setImmediate();
  expect(taken.deref()).toBeUndefined();
});
