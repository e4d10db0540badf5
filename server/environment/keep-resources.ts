import type { Demand } from '@apployd/core/demand';
import type { Transaction } from '@apployd/prisma/create-db';

type Kept = {
  readonly environmentId: string;
  readonly organizationId: string;
  /** The environment's, from which on this counts. */
  readonly version: number;
  readonly actorId: string;
  readonly wanted: Demand;
};

/** Writes down what was chosen for an environment's instances: its history tells who chose what, and when. */
export async function keepResources(tx: Transaction, { actorId, wanted, ...row }: Kept): Promise<void> {
  const { instances, memoryBytes, cpuMillicores } = wanted;
  await tx.environmentResourcesVersion.create({
    data: { ...row, instances, memoryBytes, cpuMillicores, createdById: actorId },
  });
}
