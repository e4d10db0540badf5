import { mapResources, MiB, sumResources, type Resources } from './resources.js';

/** Less than this runs nothing. */
export const leastSlice: Resources = { memoryBytes: 64 * MiB, cpuMillicores: 50, bandwidthBytesPerMonth: 0 };

/** One project may hold at most half of each resource. */
export function largestSlice(pool: Resources): Resources {
  return mapResources((name) => Math.floor(pool[name] / 2));
}

/** What is left of the pool beside these slices. */
export function leftOver(pool: Resources, slices: Iterable<Resources>): Resources {
  const taken = sumResources(slices);
  return mapResources((name) => Math.max(0, pool[name] - taken[name]));
}

/** The most that a project could hold beside the other projects' slices; of several projects, all of them together. */
export function largestFit(pool: Resources, others: Iterable<Resources>, projects = 1): Resources {
  const half = largestSlice(pool);
  const left = leftOver(pool, others);
  return mapResources((name) => Math.min(half[name] * projects, left[name]));
}
