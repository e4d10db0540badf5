import { newId } from '@apployd/core/id';
import type { Deployment, Instance, Process } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';

type Owner = Pick<Deployment, 'id' | 'organizationId' | 'environmentId'>;

/** Rows of new instances of a deployment, with the limits that the process gives each of them now. */
export async function newRows(engine: Engine, owner: Owner, process: Process, count: number): Promise<Instance[]> {
  const { id: deploymentId, organizationId, environmentId } = owner;
  const { id: processId, memoryBytes, cpuMillicores } = process;
  const { serverId } = engine.settings;
  return engine.db.instance.createManyAndReturn({
    data: Array.from({ length: count }, () => ({
      id: newId(),
      ...{ organizationId, environmentId, processId, deploymentId, serverId, memoryBytes, cpuMillicores },
    })),
  });
}
