import type { Division, PoolViolation } from './pool-rules.js';
import type { Resources } from './resources.js';

/** What a project holds of a pool. */
export type PoolHolding = { readonly projectId: string; readonly limits: Resources };

/**
 * What each project holds where a pool is too small for them: those that hold some of what there is too little of, the one
 * with the greatest share of it first. Giving up there makes the division fit.
 */
export function poolHoldings({ pool, slices }: Division, violations: readonly PoolViolation[]): PoolHolding[] {
  const scarce = [...new Set(violations.map(({ resource }) => resource))];
  const shareOf = ({ limits }: PoolHolding) =>
    Math.max(0, ...scarce.map((name) => (limits[name] === 0 ? 0 : limits[name] / pool[name])));
  return slices
    .flatMap(({ projectId, limits }) => (projectId === null ? [] : { projectId, limits }))
    .filter((holding) => shareOf(holding) > 0)
    .sort((one, other) => shareOf(other) - shareOf(one) || one.projectId.localeCompare(other.projectId));
}
