import type { Resources } from '@apployd/core/resources';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Allocation } from '@apployd/prisma/generated/client/client';

/** What an organization has to divide, and how it is divided. */
export type Pool = {
  readonly total: Resources;
  readonly allocations: readonly Allocation[];
  readonly version: number;
};

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

/**
 * The pool as it is now: nobody else divides it, and nobody changes the plan that gives it, before the transaction ends.
 * The organization is locked before its plan; whoever changes a plan locks that alone.
 */
export async function lockPool(tx: Transaction, organizationId: string): Promise<Pool> {
  await tx.$queryRaw`SELECT 1 FROM "Organization" WHERE "id" = ${organizationId}::uuid FOR UPDATE`;
  await tx.$queryRaw`
    SELECT 1 FROM "Plan" WHERE "id" = (SELECT "planId" FROM "Organization" WHERE "id" = ${organizationId}::uuid) FOR SHARE`;
  const row = await tx.organization.findUniqueOrThrow({ where: { id: organizationId }, select: poolSelection });
  return poolOf(row);
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
