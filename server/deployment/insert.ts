import { newId, publicId } from '@apployd/core/id';
import { projectSettings } from '@apployd/core/settings';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import { supersede, tellOfSuperseded } from './supersede.js';

export type NewDeployment = Omit<Prisma.DeploymentUncheckedCreateInput, 'id' | 'number' | 'createdById'> & {
  readonly createdById: string;
};

/** What was queued, and which older ones it made pointless. */
export type Queued = { readonly deploymentId: string; readonly superseded: string[] };

/**
 * A QUEUED row with the project's next number, its first step and its event. Unless it is not wanted, older ones of the
 * environment that are not yet on their way to visitors end.
 */
export async function insertDeployment(
  tx: Transaction,
  row: NewDeployment,
  wanted: { readonly supersede?: boolean | null },
): Promise<Queued> {
  const id = newId();
  const { organizationId, projectId, environmentId, createdById: actorId } = row;
  // The lock on the project has those who deploy to it at the same moment go one after the other.
  const { deploymentNumber: number, settings } = await tx.project.update({
    where: { id: projectId },
    data: { deploymentNumber: { increment: 1 } },
    select: { deploymentNumber: true, settings: true },
  });
  await tx.deployment.create({ data: { ...row, id, number } });
  await tx.deploymentStep.create({ data: { deploymentId: id, organizationId, name: 'QUEUE', startedAt: new Date() } });
  const newest = { id, organizationId, projectId, environmentId, actorId };
  const superseded = await supersede(tx, newest, wanted.supersede ?? projectSettings.parse(settings).supersede);
  await appendEvent(tx, {
    organizationId,
    streamId: projectId,
    kind: 'PROJECT',
    type: 'deployment.queued',
    subjectId: id,
    actorId,
    data: { number, environmentId: publicId('Environment', environmentId) },
  });
  await tellOfSuperseded(tx, newest, superseded);
  return { deploymentId: id, superseded: [...superseded.ended, ...superseded.asked] };
}

/** What the audit log says of those that were made pointless. */
export function auditSuperseded({ superseded }: Queued) {
  return superseded.length > 0 ? { superseded: superseded.map((id) => publicId('Deployment', id)) } : {};
}
