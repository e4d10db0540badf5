import fc from 'fast-check';
import { expect, test } from 'vitest';
import { largestFit } from './allocation.js';
import { limitsIn, type Demand } from './demand.js';
import { poolViolations, type Slice } from './pool-rules.js';
import { GiB, MiB, resourceNames, sumResources, type Resources } from './resources.js';
import { poolCommands, pools } from './testing/pool-commands.js';
import { isSound } from './testing/is-sound.js';
import { step, type PoolModel } from './testing/pool-model.js';

const pool: Resources = { memoryBytes: 4 * GiB, cpuMillicores: 4000, bandwidthBytesPerMonth: 100 * GiB };
const amounts = fc.record({
  memoryBytes: fc.integer({ min: 0, max: 5 * GiB }),
  cpuMillicores: fc.integer({ min: 0, max: 5000 }),
  bandwidthBytesPerMonth: fc.integer({ min: 0, max: 120 * GiB }),
});
const divisions = fc
  .array(amounts, { maxLength: 6 })
  .map((all) => all.map((limits, i): Slice => ({ projectId: `p${i}`, limits })));
const rulesBroken = (slices: readonly Slice[], demands: readonly Demand[] = [], isLive = false) =>
  poolViolations({ pool, slices, demands: demands.map((demand) => ({ projectId: 'p', isLive, ...demand })) });

test('a division holds exactly when no slice is above half of the pool and their sum is not above the pool', () => {
  fc.assert(
    fc.property(divisions, (slices) => {
      const sum = sumResources(slices.map(({ limits }) => limits));
      const holds = resourceNames.every(
        (name) => sum[name] <= pool[name] && slices.every(({ limits }) => limits[name] <= pool[name] / 2),
      );
      expect(rulesBroken(slices).length === 0).toBe(holds);
    }),
  );
});

test('the largest fit fits, and nothing larger does', () => {
  fc.assert(
    fc.property(divisions, (slices) => {
      fc.pre(rulesBroken(slices).length === 0);
      const fit = largestFit(
        pool,
        slices.map(({ limits }) => limits),
      );
      const withNew = (limits: Resources) => rulesBroken([...slices, { projectId: null, limits }]);
      expect(withNew(fit)).toEqual([]);
      for (const name of resourceNames) expect(withNew({ ...fit, [name]: fit[name] + 1 })).not.toEqual([]);
    }),
  );
});

test('whatever is asked for in whatever order, the pool is never given out twice and what runs fits its slice', () => {
  fc.assert(
    fc.property(pools, poolCommands(40), (total, commands) => {
      let model: PoolModel = { pool: total, version: 1, projects: [] };
      for (const command of commands) {
        const before = model;
        const { model: after, outcome } = step(before, command);
        if (outcome !== 'done') expect(after).toBe(before);
        expect(after.version - before.version).toBeLessThanOrEqual(1);
        expect(isSound(after)).toBe(true);
        model = after;
      }
    }),
    { numRuns: 300 },
  );
});

const limits = { memoryBytes: 512 * MiB, cpuMillicores: 1000, bandwidthBytesPerMonth: 0 };

test('instances that fit together pass, and one more does not', () => {
  const demand = { instances: 2, memoryBytes: 256 * MiB, cpuMillicores: 500 };
  expect(rulesBroken([{ projectId: 'p', limits }], [demand])).toEqual([]);
  expect(rulesBroken([{ projectId: 'p', limits }], [{ ...demand, instances: 3 }])).toEqual([
    {
      rule: 'INSTANCES_IN_SLICE',
      resource: 'memoryBytes',
      projectId: 'p',
      requested: 768 * MiB,
      available: 512 * MiB,
      message: 'The 3 instances of a project need at least 768 MiB; its slice has 512 MiB.',
    },
    {
      rule: 'INSTANCES_IN_SLICE',
      resource: 'cpuMillicores',
      projectId: 'p',
      requested: 1500,
      available: 1000,
      message: 'The 3 instances of a project need at least 1.5 cores; its slice has 1 core.',
    },
  ]);
});

test('a slice may be freed while nothing is live in its project, and not before', () => {
  const demand = { instances: 1, memoryBytes: null, cpuMillicores: null };
  expect(rulesBroken([], [demand])).toEqual([]);
  expect(rulesBroken([], [demand], true).map(({ rule, message }) => [rule, message])).toEqual([
    ['INSTANCES_IN_SLICE', 'The instance of a project needs at least 64 MiB; it has no slice.'],
    ['INSTANCES_IN_SLICE', 'The instance of a project needs at least 0.05 cores; it has no slice.'],
  ]);
});

test('instances without limits of their own share what the others leave, memory in whole MiB', () => {
  const chosen = { instances: 1, memoryBytes: 100 * MiB, cpuMillicores: 100 };
  const sharing = { instances: 3, memoryBytes: null, cpuMillicores: 200 };
  const both = [chosen, sharing];
  expect(limitsIn(limits, both, chosen)).toEqual({ memoryBytes: 100 * MiB, cpuMillicores: 100 });
  expect(limitsIn(limits, both, sharing)).toEqual({ memoryBytes: 137 * MiB, cpuMillicores: 200 });
});

test('a violation says which rule, how much was asked for, and how much would fit', () => {
  const tooLarge = { ...pool, memoryBytes: 3 * GiB, cpuMillicores: 1000, bandwidthBytesPerMonth: 1 };
  expect(rulesBroken([{ projectId: 'p', limits: tooLarge }])).toEqual([
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
