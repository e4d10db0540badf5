import { largestFit } from '@apployd/core/allocation';
import { leastNeed } from '@apployd/core/demand';
import { sliceViolations } from '@apployd/core/pool-rules';
import { QuotaExceededError } from '@apployd/core/refusal';
import type { Resources } from '@apployd/core/resources';
import type { Transaction } from '@apployd/prisma/create-db';
import { demandsOf } from '../allocation/demands.js';
import { limitsOf, poolOf, poolSelection } from '../allocation/pool.js';
import { refuseSuspended } from '../billing/refuse-suspended.js';
import { lockActiveEnvironment } from '../environment/require-active.js';

type Target = { readonly organizationId: string; readonly projectId: string; readonly environmentId: string };

/** Refuses to deploy what the project's slice cannot hold. The engine looks again before it starts anything. */
export async function requireSlice(tx: Transaction, on: Target): Promise<void> {
  const { organizationId, projectId } = on;
  await lockActiveEnvironment(tx, on);
  await refuseSuspended(tx, organizationId);
  const allocation = await tx.allocation.findUnique({ where: { projectId } });
  const slice = allocation && limitsOf(allocation);
  const demands = (await demandsOf(tx, organizationId)).filter((demand) => demand.projectId === projectId);
  const violations = sliceViolations(projectId, slice, demands);
  if (slice && violations.length === 0) return;
  const requested = {
    memoryBytes: leastNeed(demands, 'memoryBytes'),
    cpuMillicores: leastNeed(demands, 'cpuMillicores'),
    bandwidthBytesPerMonth: slice?.bandwidthBytesPerMonth ?? 0,
  };
  const message = slice
    ? violations.map((violation) => violation.message).join(' ')
    : 'This project has no slice of the pool. Give it one with allocationsSet.';
  throw new QuotaExceededError(message, requested, slice ?? (await largestNow(tx, organizationId)), violations);
}

/** The largest slice that it could be given. */
async function largestNow(tx: Transaction, organizationId: string): Promise<Resources> {
  const where = { id: organizationId };
  const pool = poolOf(await tx.organization.findUniqueOrThrow({ where, select: poolSelection }));
  return largestFit(pool.total, pool.allocations.map(limitsOf));
}
