import { poolViolations, type Slice } from '@apployd/core/pool-rules';
import type { Resources } from '@apployd/core/resources';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Plan } from '@apployd/prisma/generated/client/client';

type Row = { readonly memoryBytes: bigint; readonly cpuMillicores: number; readonly bandwidthBytesPerMonth: bigint };

/**
 * The projects that a plan has no room for: from the oldest on each keeps its slice while all that are kept fit the pool,
 * and there are not more of them than the plan allows. None: everything fits.
 */
export async function overLimit(tx: Transaction, organizationId: string, plan: Plan): Promise<string[]> {
  const projects = await tx.project.findMany({
    where: { organizationId, deletesAt: null, allocation: { isNot: null } },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    select: { id: true, allocation: true },
  });
  const kept: Slice[] = [];
  const surplus: string[] = [];
  for (const { id, allocation } of projects) {
    if (!allocation) continue;
    const slice = { projectId: id, limits: resourcesOf(allocation) };
    const fits = kept.length < plan.maxProjects && holds(plan, [...kept, slice]);
    if (fits) kept.push(slice);
    else surplus.push(id);
  }
  return surplus;
}

const holds = (plan: Plan, slices: readonly Slice[]) =>
  poolViolations({ pool: resourcesOf(plan), slices, demands: [] }).length === 0;

const resourcesOf = (row: Row): Resources => ({
  memoryBytes: Number(row.memoryBytes),
  cpuMillicores: row.cpuMillicores,
  bandwidthBytesPerMonth: Number(row.bandwidthBytesPerMonth),
});
