import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { atMostEvery } from './at-most-every.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('calls at once, and once more for all that came meanwhile', () => {
  const call = vi.fn();
  const { now } = atMostEvery(1_000, call);
  for (let asked = 0; asked < 10; asked += 1) now();
  expect(call).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1_000);
  expect(call).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(10_000);
  expect(call).toHaveBeenCalledTimes(2);
  now();
  expect(call).toHaveBeenCalledTimes(3);
});

test('calls no more once it was stopped', () => {
  const call = vi.fn();
  const { now, stop } = atMostEvery(1_000, call);
  now();
  now();
  stop();
  vi.advanceTimersByTime(10_000);
  expect(call).toHaveBeenCalledTimes(1);
});
