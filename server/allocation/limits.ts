import { leftOver, largestFit, poolViolations, type Slice } from '@apployd/core/allocation';
import type { FieldIssue } from '@apployd/core/refusal';
import { QuotaExceededError } from '@apployd/core/refusal';
import { describeResource, GiB, mapResources, MiB, resourceNames, type Resources } from '@apployd/core/resources';
import { limitsOf, type Pool } from './pool.js';

/** Less than this runs nothing. */
const least: Resources = { memoryBytes: 64 * MiB, cpuMillicores: 50, bandwidthBytesPerMonth: 0 };

/** What a new project gets when nobody says what, as far as the pool allows. */
const usual: Resources = { memoryBytes: 512 * MiB, cpuMillicores: 500, bandwidthBytesPerMonth: 10 * GiB };

export function limitIssues(path: readonly string[], limits: Resources): FieldIssue[] {
  const tooSmall = resourceNames
    .filter((name) => limits[name] < least[name])
    .map((name) => ({
      path: [...path, name],
      rule: 'TOO_SMALL',
      message: `${name} must be at least ${describeResource(name, least[name])}.`,
    }));
  if (limits.memoryBytes % MiB === 0) return tooSmall;
  return [
    ...tooSmall,
    { path: [...path, 'memoryBytes'], rule: 'NOT_A_MULTIPLE', message: 'memoryBytes must be a multiple of 1 MiB.' },
  ];
}

/** The slice for a new project beside the others, or the refusal that names the rule and what would fit. */
export function sliceForNew(pool: Pool, wanted: Resources | null): Resources {
  const others = pool.allocations.map(limitsOf);
  const fit = largestFit(pool.total, others);
  const limits = wanted ?? mapResources((name) => wholeMiB(name, Math.min(usual[name], fit[name])));
  if (resourceNames.some((name) => limits[name] < least[name])) {
    throw new QuotaExceededError(
      'The pool has nothing left for another project. Free a slice, or make one smaller.',
      least,
      fit,
    );
  }
  refuseBrokenPool(
    pool.total,
    [
      ...pool.allocations.map((own) => ({ projectId: own.projectId, limits: limitsOf(own) })),
      { projectId: 'new', limits },
    ],
    limits,
    fit,
  );
  return limits;
}

/** Throws QUOTA_EXCEEDED with the rules that this division breaks. */
export function refuseBrokenPool(
  total: Resources,
  slices: readonly Slice[],
  requested: Resources,
  fit?: Resources,
): void {
  const violations = poolViolations(total, slices);
  if (violations.length === 0) return;
  const message = violations.map((violation) => violation.message).join(' ');
  throw new QuotaExceededError(message, requested, fit ?? leftOver(total, []));
}

function wholeMiB(name: string, amount: number): number {
  return name === 'memoryBytes' ? Math.floor(amount / MiB) * MiB : amount;
}
