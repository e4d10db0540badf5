import { largestFit } from '@apployd/core/allocation';
import { leastNeed } from '@apployd/core/demand';
import { sliceViolations } from '@apployd/core/pool-rules';
import { QuotaExceededError } from '@apployd/core/refusal';
import { noResources } from '@apployd/core/resources';
import type { Transaction } from '@apployd/prisma/create-db';
import { demandsOf } from '../allocation/demands.js';
import { limitsOf, poolOf, poolSelection } from '../allocation/pool.js';
import { lockActive } from '../project/require-active.js';

type Target = { readonly organizationId: string; readonly projectId: string };

/** Refuses to deploy what the project's slice cannot hold. The engine looks again before it starts anything. */
export async function requireSlice(tx: Transaction, { organizationId, projectId }: Target): Promise<void> {
  await lockActive(tx, projectId);
  const allocation = await tx.allocation.findUnique({ where: { projectId } });
  if (!allocation) throw await noSlice(tx, organizationId);
  const demands = (await demandsOf(tx, organizationId)).filter((demand) => demand.projectId === projectId);
  const slice = limitsOf(allocation);
  const violations = sliceViolations(projectId, slice, demands);
  if (violations.length === 0) return;
  const requested = {
    memoryBytes: leastNeed(demands, 'memoryBytes'),
    cpuMillicores: leastNeed(demands, 'cpuMillicores'),
    bandwidthBytesPerMonth: slice.bandwidthBytesPerMonth,
  };
  throw new QuotaExceededError(violations.map(({ message }) => message).join(' '), requested, slice, violations);
}

async function noSlice(tx: Transaction, organizationId: string): Promise<QuotaExceededError> {
  const pool = poolOf(
    await tx.organization.findUniqueOrThrow({ where: { id: organizationId }, select: poolSelection }),
  );
  const message = 'This project has no slice of the pool. Give it one with allocationsSet.';
  return new QuotaExceededError(message, noResources, largestFit(pool.total, pool.allocations.map(limitsOf)));
}
