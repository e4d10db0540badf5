import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type LogLine, logStore, mostLines } from './log-store.js';

const line = (sequence: number): LogLine => ({
  sequence,
  at: '2026-01-01T00:00:00.000Z',
  message: sequence % 10 === 0 ? `warning ${sequence}` : `line ${sequence}`,
  source: 'BUILD',
  deploymentId: 'dpl_1',
});
const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => line(from + index));
const numbers = (store: ReturnType<typeof logStore>) => store.state().lines.map(({ sequence }) => sequence);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('lines that come again, or before those that are there, stand once and in order', () => {
  const store = logStore(lines(5, 8));
  store.add(lines(1, 6));
  store.add(lines(9, 9));
  store.add(lines(8, 7 + 4));
  vi.runAllTimers();
  expect(numbers(store)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect(store.state().missing).toBe(0);
});

test('a line that is here stays the same object, so that it is not drawn anew', () => {
  const store = logStore(lines(1, 3));
  const [first] = store.state().lines;
  store.add(lines(1, 4));
  vi.runAllTimers();
  expect(store.state().lines[0]).toBe(first);
});

test('many batches are one change', () => {
  const store = logStore([]);
  const changed = vi.fn();
  store.onChange(changed);
  for (let n = 1; n <= 50; n += 1) store.add([line(n)]);
  vi.runAllTimers();
  expect(changed).toHaveBeenCalledOnce();
});

test('warnings are counted whether lines come behind, before or between others', () => {
  const store = logStore(lines(41, 60));
  expect(store.state().warnings).toBe(2);
  store.add(lines(61, 90));
  vi.runAllTimers();
  expect(store.state().warnings).toBe(5);
  store.add(lines(1, 50));
  vi.runAllTimers();
  expect(store.state().warnings).toBe(9);
});

test('the oldest go in blocks when there are too many, and are counted', () => {
  const store = logStore(lines(1, mostLines));
  store.add(lines(mostLines + 1, mostLines + 10));
  vi.runAllTimers();
  expect(store.state().lines).toHaveLength(mostLines - 10_000 + 10);
  expect(store.state()).toMatchObject({ missing: 10_000, dropped: 10_000, warnings: (mostLines - 10_000) / 10 + 1 });
});

test('the end brings what was still waiting', () => {
  const store = logStore([]);
  store.add(lines(1, 3));
  store.end();
  expect(numbers(store)).toEqual([1, 2, 3]);
  expect(store.state().isOver).toBe(true);
});
