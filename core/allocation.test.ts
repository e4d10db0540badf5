import fc from 'fast-check';
import { expect, test } from 'vitest';
import { largestFit, largestSlice, poolViolations, type Slice } from './allocation.js';
import { GiB, resourceNames, sumResources, type Resources } from './resources.js';

const pool: Resources = { memoryBytes: 4 * GiB, cpuMillicores: 4000, bandwidthBytesPerMonth: 100 * GiB };
const amounts = fc.record({
  memoryBytes: fc.integer({ min: 0, max: 5 * GiB }),
  cpuMillicores: fc.integer({ min: 0, max: 5000 }),
  bandwidthBytesPerMonth: fc.integer({ min: 0, max: 120 * GiB }),
});
const divisions = fc
  .array(amounts, { maxLength: 6 })
  .map((all) => all.map((limits, i): Slice => ({ projectId: `p${i}`, limits })));

test('a division holds exactly when no slice is above half of the pool and their sum is not above the pool', () => {
  fc.assert(
    fc.property(divisions, (slices) => {
      const sum = sumResources(slices.map(({ limits }) => limits));
      const holds = resourceNames.every(
        (name) => sum[name] <= pool[name] && slices.every(({ limits }) => limits[name] <= pool[name] / 2),
      );
      expect(poolViolations(pool, slices).length === 0).toBe(holds);
    }),
  );
});

test('the largest fit fits, and nothing larger does', () => {
  fc.assert(
    fc.property(divisions, (slices) => {
      fc.pre(poolViolations(pool, slices).length === 0);
      const fit = largestFit(
        pool,
        slices.map(({ limits }) => limits),
      );
      const withNew = (limits: Resources) => poolViolations(pool, [...slices, { projectId: 'new', limits }]);
      expect(withNew(fit)).toEqual([]);
      for (const name of resourceNames) expect(withNew({ ...fit, [name]: fit[name] + 1 })).not.toEqual([]);
    }),
  );
});

test('half of an odd pool is rounded down, so that two halves never exceed it', () => {
  expect(largestSlice({ memoryBytes: 3, cpuMillicores: 1, bandwidthBytesPerMonth: 7 })).toEqual({
    memoryBytes: 1,
    cpuMillicores: 0,
    bandwidthBytesPerMonth: 3,
  });
});

test('a violation says which rule, how much was asked for, and how much would fit', () => {
  const limits = { ...pool, memoryBytes: 3 * GiB, cpuMillicores: 1000, bandwidthBytesPerMonth: 1 };
  expect(poolViolations(pool, [{ projectId: 'p', limits }])).toEqual([
    {
      rule: 'HALF_OF_POOL',
      resource: 'memoryBytes',
      projectId: 'p',
      requested: 3 * GiB,
      available: 2 * GiB,
      message: 'One project may hold at most half of the pool: 2 GiB, not 3 GiB.',
    },
  ]);
});
