import {
  describeResource,
  mapResources,
  resourceNames,
  sumResources,
  type ResourceName,
  type Resources,
} from './resources.js';

/** A slice of a pool, wanted for a project. */
export type Slice = { readonly projectId: string; readonly limits: Resources };

/** The rule that a division of the pool breaks, by how much, and what would fit. */
export type PoolViolation = {
  readonly rule: 'HALF_OF_POOL' | 'SUM_OF_POOL';
  readonly resource: ResourceName;
  readonly projectId: string | null;
  readonly requested: number;
  readonly available: number;
  readonly message: string;
};

/** One project may hold at most half of each resource. */
export function largestSlice(pool: Resources): Resources {
  return mapResources((name) => Math.floor(pool[name] / 2));
}

/** What is left of the pool beside these slices. */
export function leftOver(pool: Resources, slices: Iterable<Resources>): Resources {
  const taken = sumResources(slices);
  return mapResources((name) => Math.max(0, pool[name] - taken[name]));
}

/** The most that a project could hold beside the other projects' slices. */
export function largestFit(pool: Resources, others: Iterable<Resources>): Resources {
  const half = largestSlice(pool);
  const left = leftOver(pool, others);
  return mapResources((name) => Math.min(half[name], left[name]));
}

/** Every way in which this division of the pool breaks its two rules; none means that it holds. */
export function poolViolations(pool: Resources, slices: readonly Slice[]): PoolViolation[] {
  return [...tooLarge(pool, slices), ...tooMany(pool, slices)];
}

function tooLarge(pool: Resources, slices: readonly Slice[]): PoolViolation[] {
  const half = largestSlice(pool);
  return slices.flatMap(({ projectId, limits }) =>
    resourceNames
      .filter((name) => limits[name] > half[name])
      .map((resource) => ({
        rule: 'HALF_OF_POOL' as const,
        resource,
        projectId,
        requested: limits[resource],
        available: half[resource],
        message: `One project may hold at most half of the pool: ${describeResource(resource, half[resource])}, not ${describeResource(resource, limits[resource])}.`,
      })),
  );
}

function tooMany(pool: Resources, slices: readonly Slice[]): PoolViolation[] {
  const sum = sumResources(slices.map((slice) => slice.limits));
  return resourceNames
    .filter((name) => sum[name] > pool[name])
    .map((resource) => ({
      rule: 'SUM_OF_POOL' as const,
      resource,
      projectId: null,
      requested: sum[resource],
      available: pool[resource],
      message: `All projects together would hold ${describeResource(resource, sum[resource])}; the pool has ${describeResource(resource, pool[resource])}.`,
    }));
}
