import type { Resources } from '@apployd/core/resources';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Allocation, Plan } from '@apployd/prisma/generated/client/client';
import { demandsOf, type ProcessDemand } from './demands.js';

/** What an organization has to divide, and how it is divided. */
export type Pool = {
  readonly total: Resources;
  readonly allocations: readonly Allocation[];
  readonly version: number;
};

/** A pool that nobody else touches before the transaction ends, the plan that gives it, and what is to run in it. */
export type LockedPool = Pool & { readonly plan: Plan; readonly demands: readonly ProcessDemand[] };

type PoolRow = {
  readonly plan: ResourceColumns;
  readonly poolVersion: number;
  readonly allocations: readonly Allocation[];
};

/** How a row keeps an amount of each resource. */
export type ResourceColumns = {
  readonly memoryBytes: bigint;
  readonly cpuMillicores: number;
  readonly bandwidthBytesPerMonth: bigint;
};

export const poolSelection = {
  plan: { select: { memoryBytes: true, cpuMillicores: true, bandwidthBytesPerMonth: true } },
  poolVersion: true,
  allocations: { orderBy: { id: 'asc' } },
} as const;

export function poolOf(row: PoolRow): Pool {
  return {
    total: limitsOf(row.plan),
    allocations: row.allocations,
    version: row.poolVersion,
  };
}

/** Each time that it is not had, somebody else has put the organization on another plan. */
const lockTries = 20;

/**
 * The pool as it is now: nobody else divides it, and nobody changes the plan that gives it, before the transaction ends.
 * Plans are locked before their organizations, and these before projects, environments and deployments: whoever changes a
 * plan keeps all others waiting who hold nothing yet, and can then have the organizations. `nextPlanId` is locked as well.
 * Rows that point at the organization may be inserted meanwhile: a key, by whoever holds a project that is waited for.
 */
export async function lockPool(tx: Transaction, organizationId: string, nextPlanId?: string): Promise<LockedPool> {
  for (let tried = 1; tried <= lockTries; tried += 1) {
    await tx.$executeRaw`SAVEPOINT "pool"`;
    const pool = await lockOnce(tx, organizationId, nextPlanId);
    if (pool) return pool;
    await tx.$executeRaw`ROLLBACK TO SAVEPOINT "pool"`;
  }
  throw new Error(`The plan of organization ${organizationId} changes all the time.`);
}

/** Null when the organization was put on another plan between the look and the lock. */
async function lockOnce(tx: Transaction, id: string, nextPlanId?: string): Promise<LockedPool | null> {
  const { planId } = await tx.organization.findUniqueOrThrow({ where: { id }, select: { planId: true } });
  const planIds = [planId, ...(nextPlanId ? [nextPlanId] : [])];
  await tx.$queryRaw`SELECT 1 FROM "Plan" WHERE "id" = ANY(${planIds}::uuid[]) ORDER BY "id" FOR SHARE`;
  await tx.$queryRaw`SELECT 1 FROM "Organization" WHERE "id" = ${id}::uuid FOR NO KEY UPDATE`;
  const select = { ...poolSelection, plan: true };
  const row = await tx.organization.findUniqueOrThrow({ where: { id }, select });
  if (row.plan.id !== planId) return null;
  return { ...poolOf(row), plan: row.plan, demands: await demandsOf(tx, id) };
}

export function limitsOf(row: ResourceColumns): Resources {
  return {
    memoryBytes: Number(row.memoryBytes),
    cpuMillicores: row.cpuMillicores,
    bandwidthBytesPerMonth: Number(row.bandwidthBytesPerMonth),
  };
}

/** Limits as the columns of an allocation keep them. */
export function limitColumns(limits: Resources) {
  return {
    memoryBytes: BigInt(limits.memoryBytes),
    cpuMillicores: limits.cpuMillicores,
    bandwidthBytesPerMonth: BigInt(limits.bandwidthBytesPerMonth),
  };
}
