import { expect, test } from 'vitest';
import { poolHoldings } from './pool-holdings.js';
import { poolViolations } from './pool-rules.js';
import { GiB } from './resources.js';

const slice = (projectId: string | null, memory: number, cpuMillicores: number) => ({
  projectId,
  limits: { memoryBytes: memory * GiB, cpuMillicores, bandwidthBytesPerMonth: 0 },
});
const held = (slices: ReturnType<typeof slice>[]) => {
  const pool = { memoryBytes: 4 * GiB, cpuMillicores: 2_000, bandwidthBytesPerMonth: 0 };
  const division = { pool, slices, demands: [] };
  return poolHoldings(division, poolViolations(division)).map(({ projectId }) => projectId);
};

test('of what there is too little of, who holds the greatest share of it comes first', () => {
  expect(held([slice('a', 1, 900), slice('b', 2, 100), slice('c', 1.5, 100)])).toEqual(['b', 'c', 'a']);
  expect(held([slice('a', 2, 500), slice('b', 2, 900), slice('c', 1, 900)])).toEqual(['a', 'b', 'c']);
  expect(held([slice('a', 1, 800), slice('b', 0.5, 900), slice('c', 2, 800)])).toEqual(['b', 'a', 'c']);
});

test('who holds none of it is not named, nor who is still to be made', () => {
  expect(held([slice('a', 2, 0), slice('b', 2, 0), slice('c', 0, 900), slice(null, 1, 0)])).toEqual(['a', 'b']);
  expect(held([slice('a', 1, 100)])).toEqual([]);
});
