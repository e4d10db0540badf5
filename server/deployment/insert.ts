import { newId, publicId } from '@apployd/core/id';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Prisma } from '@apployd/prisma/generated/client/client';

export type NewDeployment = Omit<Prisma.DeploymentUncheckedCreateInput, 'id' | 'number' | 'createdById'> & {
  readonly createdById: string;
};

/** A QUEUED row with the project's next number, its first step and its event; the id. */
export async function insertDeployment(tx: Transaction, row: NewDeployment): Promise<string> {
  const id = newId();
  const { organizationId, projectId, environmentId, createdById: actorId } = row;
  const { deploymentNumber: number } = await tx.project.update({
    where: { id: projectId },
    data: { deploymentNumber: { increment: 1 } },
    select: { deploymentNumber: true },
  });
  await tx.deployment.create({ data: { ...row, id, number } });
  await tx.deploymentStep.create({ data: { deploymentId: id, organizationId, name: 'QUEUE', startedAt: new Date() } });
  await appendEvent(tx, {
    organizationId,
    streamId: projectId,
    kind: 'PROJECT',
    type: 'deployment.queued',
    subjectId: id,
    actorId,
    data: { number, environmentId: publicId('Environment', environmentId) },
  });
  return id;
}
