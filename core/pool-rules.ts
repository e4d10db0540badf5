import { largestSlice } from './allocation.js';
import { instanceResources, leastNeed, type Demand } from './demand.js';
import { describeResource, noResources, resourceNames, sumResources } from './resources.js';
import type { ResourceName, Resources } from './resources.js';

/** A slice of a pool, held by a project or wanted for it; null: for one that is still to be made. */
export type Slice = { readonly projectId: string | null; readonly limits: Resources };

/** Instances that are to run in a project. While something is live there it cannot do without a slice. */
export type ProjectDemand = Demand & { readonly projectId: string; readonly isLive: boolean };

/** A pool, how it is divided, and what is to run in the slices. */
export type Division = {
  readonly pool: Resources;
  readonly slices: readonly Slice[];
  readonly demands: readonly ProjectDemand[];
};

export const poolRules = ['HALF_OF_POOL', 'SUM_OF_POOL', 'INSTANCES_IN_SLICE'] as const;

/** The rule that a division breaks, for which project where it is one, what was asked for, and the largest value that would fit. */
export type PoolViolation = {
  readonly rule: (typeof poolRules)[number];
  readonly resource: ResourceName;
  readonly projectId: string | null;
  readonly requested: number;
  readonly available: number;
  readonly message: string;
};

/**
 * The rules of the pool, all of them: a project holds at most half of each resource; the slices together hold at most the
 * pool; the instances that are to run in a project fit its slice. What runs besides for a while, the surge of a switch and
 * builds, counts against the reservation of its server and never here. Gives every way in which the division breaks the
 * rules; none means that it holds.
 */
export function poolViolations(division: Division): PoolViolation[] {
  return [...aboveHalf(division), ...aboveSum(division), ...aboveSlice(division)];
}

function aboveHalf({ pool, slices }: Division): PoolViolation[] {
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

function aboveSum({ pool, slices }: Division): PoolViolation[] {
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

function aboveSlice({ slices, demands }: Division): PoolViolation[] {
  const projectIds = [...new Set(demands.map(({ projectId }) => projectId))];
  return projectIds.flatMap((projectId) => {
    const own = demands.filter((demand) => demand.projectId === projectId);
    const slice = slices.find((one) => one.projectId === projectId)?.limits ?? null;
    const mayDoWithout = slice === null && !own.some(({ isLive }) => isLive);
    return mayDoWithout ? [] : sliceViolations(projectId, slice, own);
  });
}

/** The last of the rules, for one project: every way in which its instances do not fit its slice, or it has none. */
export function sliceViolations(
  projectId: string,
  slice: Resources | null,
  demands: readonly Demand[],
): PoolViolation[] {
  return instanceResources
    .map((resource) => ({
      resource,
      requested: leastNeed(demands, resource),
      available: (slice ?? noResources)[resource],
    }))
    .filter(({ requested, available }) => requested > available)
    .map((broken) => ({
      rule: 'INSTANCES_IN_SLICE',
      projectId,
      ...broken,
      message: tooSmall(demands, broken),
    }));
}

type TooSmall = Pick<PoolViolation, 'resource' | 'requested' | 'available'>;

function tooSmall(demands: readonly Demand[], { resource, requested, available }: TooSmall): string {
  const count = demands.reduce((sum, { instances }) => sum + instances, 0);
  const instances = count === 1 ? 'The instance of a project needs' : `The ${count} instances of a project need`;
  const slice = available === 0 ? 'it has no slice' : `its slice has ${describeResource(resource, available)}`;
  return `${instances} at least ${describeResource(resource, requested)}; ${slice}.`;
}
