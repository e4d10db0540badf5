import type { Prisma } from '@apployd/prisma/generated/client/client';
import { signedIn, type Context } from '../context.js';

/** What the running instances of an environment or a project use together. */
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

/** Projects that are asked for at one moment are read in one statement: what they ask for is the same to the letter. */
const sameMomentMs = 10_000;

/** Of all environments of a project that the caller reaches: they have its slice together. */
export async function inUseOfProject(context: Context, id: string): Promise<InUse | null> {
  const now = Math.floor(Date.now() / sameMomentMs) * sameMomentMs;
  const where = signedIn(context).below.Environment;
  const project = await context.db.project.findUnique({
    where: { id },
    select: { environments: { where, select: { instances: inUseSelection(now) } } },
  });
  return inUseOf(project?.environments.flatMap(({ instances }) => instances) ?? []);
}
