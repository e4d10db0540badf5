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
  readonly poolMemoryBytes: bigint;
  readonly poolCpuMillicores: number;
  readonly poolBandwidthBytesPerMonth: bigint;
  readonly poolVersion: number;
  readonly allocations: readonly Allocation[];
};

export const poolSelection = {
  poolMemoryBytes: true,
  poolCpuMillicores: true,
  poolBandwidthBytesPerMonth: true,
  poolVersion: true,
  allocations: { orderBy: { id: 'asc' } },
} as const;

export function poolOf(row: PoolRow): Pool {
  return {
    total: {
      memoryBytes: Number(row.poolMemoryBytes),
      cpuMillicores: row.poolCpuMillicores,
      bandwidthBytesPerMonth: Number(row.poolBandwidthBytesPerMonth),
    },
    allocations: row.allocations,
    version: row.poolVersion,
  };
}

/** The pool as it is now, and nobody else divides it before the transaction ends. */
export async function lockPool(tx: Transaction, organizationId: string): Promise<Pool> {
  await tx.$queryRaw`SELECT 1 FROM "Organization" WHERE "id" = ${organizationId}::uuid FOR UPDATE`;
  const row = await tx.organization.findUniqueOrThrow({ where: { id: organizationId }, select: poolSelection });
  return poolOf(row);
}

export function limitsOf(allocation: {
  readonly memoryBytes: bigint;
  readonly cpuMillicores: number;
  readonly bandwidthBytesPerMonth: bigint;
}): Resources {
  return {
    memoryBytes: Number(allocation.memoryBytes),
    cpuMillicores: allocation.cpuMillicores,
    bandwidthBytesPerMonth: Number(allocation.bandwidthBytesPerMonth),
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
