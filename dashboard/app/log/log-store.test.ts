import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { logStore, mostLines } from './log-store.js';

const line = (sequence: number) => ({
  sequence,
  at: '2026-01-01T00:00:00.000Z',
  message: `line ${sequence}`,
  source: 'BUILD',
});
const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => line(from + index));
const numbers = (store: ReturnType<typeof logStore>) => store.state().lines.map(({ sequence }) => sequence);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('lines that come again, or before those that are there, stand once and in order', () => {
  const store = logStore(lines(5, 8));
  store.add(lines(1, 6));
  store.add(lines(9, 9));
  vi.runAllTimers();
  expect(numbers(store)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(store.state().missing).toBe(0);
});

test('many batches are one change', () => {
  const store = logStore([]);
  const changed = vi.fn();
  store.onChange(changed);
  for (let n = 1; n <= 50; n += 1) store.add([line(n)]);
  vi.runAllTimers();
  expect(changed).toHaveBeenCalledOnce();
});

test('the oldest go when there are too many, and are counted', () => {
  const store = logStore(lines(1, mostLines));
  store.add(lines(mostLines + 1, mostLines + 10));
  vi.runAllTimers();
  expect(store.state().lines).toHaveLength(mostLines);
  expect(store.state().missing).toBe(10);
});

test('the end brings what was still waiting', () => {
  const store = logStore([]);
  store.add(lines(1, 3));
  store.end();
  expect(numbers(store)).toEqual([1, 2, 3]);
  expect(store.state().isOver).toBe(true);
});
