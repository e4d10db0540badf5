import type { Prisma } from '@apployd/prisma/generated/client/client';

/** What the running instances of an environment use together. */
export type InUse = { readonly memoryBytes: number; readonly cpuMillicores: number; readonly at: Date };

type Used = {
  readonly usedAt: Date | null;
  readonly usedMemoryBytes: bigint | null;
  readonly usedCpuMillicores: number | null;
};

/** They are looked at once a minute: what is older is of a server that does not look. */
const freshMs = 3 * 60_000;

/** Those that run and were looked at a moment ago. */
export const inUseSelection = (now = Date.now()) =>
  ({
    where: { state: 'RUNNING', usedAt: { gte: new Date(now - freshMs) } },
    select: { usedAt: true, usedMemoryBytes: true, usedCpuMillicores: true },
  }) satisfies Prisma.Environment$instancesArgs;

export function inUseOf(instances: readonly Used[]): InUse | null {
  if (instances.length === 0) return null;
  return {
    memoryBytes: instances.reduce((sum, { usedMemoryBytes }) => sum + Number(usedMemoryBytes), 0),
    cpuMillicores: instances.reduce((sum, { usedCpuMillicores }) => sum + (usedCpuMillicores ?? 0), 0),
    at: new Date(Math.min(...instances.map(({ usedAt }) => usedAt?.getTime() ?? 0))),
  };
}
