import fc from 'fast-check';
import { GiB, MiB, type Resources } from '../resources.js';
import type { PoolCommand } from './pool-model.js';

const mebibytes = (min: number, max: number) => fc.integer({ min, max }).map((count) => count * MiB);

/** Slices around what a pool of 1 to 4 GiB can give, so that about half of them are refused. */
export const slices: fc.Arbitrary<Resources> = fc.record({
  memoryBytes: mebibytes(64, 2_500),
  cpuMillicores: fc.integer({ min: 50, max: 2_500 }),
  bandwidthBytesPerMonth: fc.integer({ min: 0, max: 60 * GiB }),
});

export const pools: fc.Arbitrary<Resources> = fc.record({
  memoryBytes: mebibytes(1_024, 4_096),
  cpuMillicores: fc.integer({ min: 1_000, max: 4_000 }),
  bandwidthBytesPerMonth: fc.integer({ min: 10 * GiB, max: 100 * GiB }),
});

const demands = fc.record({
  instances: fc.integer({ min: 1, max: 4 }),
  memoryBytes: fc.option(mebibytes(64, 512)),
  cpuMillicores: fc.option(fc.integer({ min: 50, max: 500 })),
});

const project = fc.nat({ max: 5 });

const command: fc.Arbitrary<PoolCommand> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('projectCreate' as const), limits: slices }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('projectDelete' as const), project }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('projectRestore' as const), project }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('allocationsSet' as const),
      changes: fc.uniqueArray(fc.record({ project, limits: fc.option(slices) }), {
        minLength: 1,
        maxLength: 3,
        selector: (change) => change.project,
      }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('environmentUpdate' as const), project, demand: demands }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('planUpdate' as const), pool: pools }) },
);

/** What customers and the operator do, one after the other. */
export const poolCommands = (maxLength: number) => fc.array(command, { minLength: 1, maxLength });
