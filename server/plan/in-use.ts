import { poolViolations } from '@apployd/core/pool-rules';
import { PlanInUseError, type PlanConflict } from '@apployd/core/refusal';
import { describeResource, resourceNames, type Resources } from '@apployd/core/resources';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Plan } from '@apployd/prisma/generated/client/client';
import { limitsOf } from '../allocation/pool.js';

const pageSize = 1_000;

/** Refuses a plan that would give organizations on it less than they hold: how many, and of which resource. */
export async function refuseWhereInUse(tx: Transaction, before: Plan, after: Plan): Promise<void> {
  const [was, is] = [limitsOf(before), limitsOf(after)];
  const shrinks = resourceNames.some((name) => is[name] < was[name]);
  const conflicts = [
    ...(shrinks ? await poolConflicts(tx, before.id, is) : []),
    ...(after.maxProjects < before.maxProjects ? await projectConflicts(tx, before.id, after.maxProjects) : []),
  ];
  if (conflicts.length === 0) return;
  throw new PlanInUseError(conflicts.map(sentence).join(' '), conflicts);
}

/** Judged by the same rules as every division, an organization after the other. */
async function poolConflicts(tx: Transaction, planId: string, pool: Resources): Promise<PlanConflict[]> {
  const conflicts = new Map<string, PlanConflict>();
  for await (const allocations of divisions(tx, planId)) {
    const slices = allocations.map((own) => ({ projectId: own.projectId, limits: limitsOf(own) }));
    const seen = new Set<string>();
    for (const { rule, resource, requested, available } of poolViolations({ pool, slices, demands: [] })) {
      const key = `${rule} ${resource}`;
      const known = conflicts.get(key) ?? { rule, resource, organizations: 0, held: 0, allowed: available };
      const organizations = known.organizations + (seen.has(key) ? 0 : 1);
      conflicts.set(key, { ...known, organizations, held: Math.max(known.held, requested) });
      seen.add(key);
    }
  }
  return [...conflicts.values()];
}

/** How each organization on the plan divides its pool. */
async function* divisions(tx: Transaction, planId: string) {
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const page = await tx.organization.findMany({
      where: { planId, id: { gt: after } },
      orderBy: { id: 'asc' },
      take: pageSize,
      select: { id: true, allocations: true },
    });
    for (const { allocations } of page) yield allocations;
    const last = page.at(-1);
    if (!last || page.length < pageSize) return;
    after = last.id;
  }
}

async function projectConflicts(tx: Transaction, planId: string, allowed: number): Promise<PlanConflict[]> {
  const counts = await tx.project.groupBy({
    by: ['organizationId'],
    where: { organization: { planId }, deletesAt: null },
    _count: { _all: true },
    having: { organizationId: { _count: { gt: allowed } } },
  });
  if (counts.length === 0) return [];
  const held = counts.reduce((most, { _count }) => Math.max(most, _count._all), 0);
  return [{ rule: 'PROJECTS', resource: null, organizations: counts.length, held, allowed }];
}

function sentence({ rule, resource, organizations, held, allowed }: PlanConflict): string {
  const whose = organizations === 1 ? '1 organization' : `${organizations} organizations`;
  if (resource === null) {
    return `${whose} on this plan with more than ${allowed} projects, up to ${held}: they would have too many.`;
  }
  const [most, limit] = [describeResource(resource, held), describeResource(resource, allowed)];
  return rule === 'HALF_OF_POOL'
    ? `${whose} on this plan with a project that holds up to ${most}: half of the pool would be ${limit}.`
    : `${whose} on this plan with slices of up to ${most} together: the pool would be ${limit}.`;
}
