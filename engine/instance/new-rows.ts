import { newId } from '@apployd/core/id';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Deployment, Instance, Process } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';

type Owner = Pick<Deployment, 'id' | 'organizationId' | 'environmentId'>;

/** Rows of new instances of a deployment, with the limits that the process gives each of them now. */
export async function newRows(
  {
    db,
    settings,
  }: { readonly db: Pick<Transaction, 'environment' | 'instance'>; readonly settings: Engine['settings'] },
  owner: Owner,
  process: Process,
  count: number,
  isReleaseCommand = false,
): Promise<Instance[]> {
  const { id: deploymentId, organizationId, environmentId } = owner;
  const { id: processId, memoryBytes, cpuMillicores } = process;
  const { serverId } = settings;
  const { generation } = await db.environment.findUniqueOrThrow({
    where: { id: environmentId },
    select: { generation: true },
  });
  return db.instance.createManyAndReturn({
    data: Array.from({ length: count }, () => ({
      id: newId(),
      ...{ organizationId, environmentId, processId, deploymentId, serverId, memoryBytes, cpuMillicores, generation },
      isReleaseCommand,
    })),
  });
}
