import { expect, test } from 'vitest';
import { filter } from './filter.js';
import type { KnownLine } from './log-store.js';

const line = (sequence: number, message: string, level: KnownLine['level'] = null): KnownLine => ({
  sequence,
  message,
  level,
  at: '2026-01-01T00:00:00.000Z',
  source: 'BUILD',
  deploymentId: 'dpl_1',
});
const all = [line(1, 'start'), line(2, '\u001b[31mTime\u001b[0mout of it', 'error'), line(3, 'end')];
const numbers = (lines: readonly KnownLine[]) => lines.map(({ sequence }) => sequence);
const timeout = { find: 'timeout', onlyWarnings: false };

test('finding looks through colours and does not mind capitals', () => {
  expect(numbers(filter(null, all, timeout).lines)).toEqual([2]);
});

test('warnings alone, or those of them that hold a text', () => {
  expect(numbers(filter(null, all, { find: '', onlyWarnings: true }).lines)).toEqual([2]);
  expect(numbers(filter(null, all, { find: 'end', onlyWarnings: true }).lines)).toEqual([]);
});

test('lines that were searched are not searched again when others come behind them', () => {
  const first = filter(null, all, timeout);
  // It would be found now, if anybody looked.
  Object.assign(all[0] ?? {}, { message: 'timeout' });
  const longer = filter(first, [...all, line(4, 'timeout'), line(5, 'no')], timeout);
  Object.assign(all[0] ?? {}, { message: 'start' });
  expect(numbers(longer.lines)).toEqual([2, 4]);
});

test('another wish, or lines before the others, start the search anew', () => {
  const first = filter(null, all, timeout);
  expect(numbers(filter(first, all, { ...timeout, find: 'end' }).lines)).toEqual([3]);
  expect(numbers(filter(first, [line(0, 'a timeout'), ...all], timeout).lines)).toEqual([0, 2]);
});
