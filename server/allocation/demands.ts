import type { InstanceLimits } from '@apployd/core/demand';
import type { ProjectDemand } from '@apployd/core/pool-rules';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Prisma } from '@apployd/prisma/generated/client/client';

/** What is to run of one process, the limits that its instances should have now, and what they run in. */
export type ProcessDemand = ProjectDemand & {
  readonly processId: string;
  readonly environmentId: string;
  readonly limits: InstanceLimits;
  /** Kind of the runtime of what is live; null when nothing is. */
  readonly runtime: string | null;
};

const select = {
  id: true,
  desiredInstances: true,
  memoryBytes: true,
  cpuMillicores: true,
  chosenMemoryBytes: true,
  chosenCpuMillicores: true,
  environment: {
    select: {
      id: true,
      projectId: true,
      desiredState: true,
      liveDeployment: { select: { server: { select: { runtime: true } } } },
    },
  },
} as const satisfies Prisma.ProcessSelect;
type Row = Prisma.ProcessGetPayload<{ select: typeof select }>;

/** All that is to run in an organization; what waits for its deletion runs no more. */
export async function demandsOf(tx: Transaction, organizationId: string): Promise<ProcessDemand[]> {
  const where = { organizationId, environment: { deletesAt: null, project: { deletesAt: null } } };
  return (await tx.process.findMany({ where, select, orderBy: { id: 'asc' } })).map(demandOf);
}

function demandOf({ environment, ...process }: Row): ProcessDemand {
  const { chosenMemoryBytes, memoryBytes, cpuMillicores } = process;
  const { liveDeployment } = environment;
  return {
    processId: process.id,
    environmentId: environment.id,
    projectId: environment.projectId,
    instances: process.desiredInstances,
    memoryBytes: chosenMemoryBytes === null ? null : Number(chosenMemoryBytes),
    cpuMillicores: process.chosenCpuMillicores,
    isLive: liveDeployment !== null && environment.desiredState !== 'STOPPED',
    limits: { memoryBytes: Number(memoryBytes), cpuMillicores },
    runtime: liveDeployment?.server?.runtime ?? null,
  };
}
