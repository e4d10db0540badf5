import { largestFit, leastSlice } from '@apployd/core/allocation';
import { poolViolations, type Division, type PoolViolation } from '@apployd/core/pool-rules';
import { QuotaExceededError, type FieldIssue } from '@apployd/core/refusal';
import { describeResource, GiB, mapResources, MiB, resourceNames, type Resources } from '@apployd/core/resources';
import { limitsOf, type LockedPool, type Pool } from './pool.js';

/** What a new project gets when nobody says what, as far as the pool allows. */
const usual: Resources = { memoryBytes: 512 * MiB, cpuMillicores: 500, bandwidthBytesPerMonth: 10 * GiB };

export function limitIssues(path: readonly string[], limits: Resources): FieldIssue[] {
  const tooSmall = resourceNames
    .filter((name) => limits[name] < leastSlice[name])
    .map((name) => ({
      path: [...path, name],
      rule: 'TOO_SMALL',
      message: `${name} must be at least ${describeResource(name, leastSlice[name])}.`,
    }));
  return [...tooSmall, ...wholeMiBIssues([...path, 'memoryBytes'], limits.memoryBytes)];
}

export function wholeMiBIssues(path: readonly string[], memoryBytes: number): FieldIssue[] {
  if (memoryBytes % MiB === 0) return [];
  return [{ path, rule: 'NOT_A_MULTIPLE', message: 'memoryBytes must be a multiple of 1 MiB.' }];
}

/** The slice for a new project beside the others, or the refusal that names the rule and what would fit. */
export function sliceForNew(pool: LockedPool, wanted: Resources | null): Resources {
  const fit = largestFit(pool.total, pool.allocations.map(limitsOf));
  const limits = wanted ?? usualWithin(fit);
  const division = divisionOf(pool);
  const slices = [...division.slices, { projectId: null, limits }];
  refuseBroken({ ...division, slices }, { requested: limits, available: fit }, 'Free a slice, or make one smaller.');
  return limits;
}

/** Never less than what runs something: of what is not left even for that, the rules say how much is missing. */
function usualWithin(fit: Resources): Resources {
  return mapResources((name) => Math.max(leastSlice[name], wholeMiB(name, Math.min(usual[name], fit[name]))));
}

export function divisionOf({ total, allocations, demands }: Pool & Pick<LockedPool, 'demands'>): Division {
  const slices = allocations.map((own) => ({ projectId: own.projectId, limits: limitsOf(own) }));
  return { pool: total, slices, demands };
}

type Asked = { readonly requested: Resources; readonly available: Resources };

/** Throws QUOTA_EXCEEDED with the rules that this division breaks, and what can be done about it. */
export function refuseBroken(division: Division, { requested, available }: Asked, advice?: string): void {
  const violations = poolViolations(division);
  if (violations.length === 0) return;
  throw new QuotaExceededError(messageOf(violations, advice), requested, available, violations);
}

export function messageOf(violations: readonly PoolViolation[], advice?: string): string {
  const said = violations.map(({ message }) => message);
  return [...said, ...(advice === undefined ? [] : [advice])].join(' ');
}

function wholeMiB(name: string, amount: number): number {
  return name === 'memoryBytes' ? Math.floor(amount / MiB) * MiB : amount;
}
