import { activeStatuses } from '@apployd/core/deployment';
import { publicId } from '@apployd/core/id';
import { appendEvents } from '@apployd/prisma/append-event';
import type { Scene } from './scene.js';

/**
 * Nothing of these projects runs any more, and what is on its way to be deployed is canceled. What somebody had stopped
 * stays theirs to start. Whoever deploys holds the project's lock, and sees afterwards what was decided here.
 */
export async function stopProjects(scene: Scene, projectIds: readonly string[], stateReason: string): Promise<void> {
  const { tx, deeds } = scene;
  const ids = [...projectIds].sort();
  if (ids.length === 0) return;
  await tx.$queryRaw`SELECT 1 FROM "Project" WHERE "id" = ANY(${ids}::uuid[]) ORDER BY "id" FOR NO KEY UPDATE`;
  // Whose start is being committed is seen as what it is then: without the lock the condition would be of before.
  await tx.$queryRaw`SELECT 1 FROM "Environment" WHERE "projectId" = ANY(${ids}::uuid[]) ORDER BY "id" FOR NO KEY UPDATE`;
  const stopped = await tx.environment.updateManyAndReturn({
    where: { projectId: { in: ids }, desiredState: { not: 'STOPPED' } },
    data: { desiredState: 'STOPPED', stateReason, wakeAskedAt: null },
    select: { id: true },
  });
  deeds.stop.push(...stopped.map(({ id }) => id));
  for (const projectId of ids) await cancelDeployments(scene, projectId);
}

async function cancelDeployments({ tx, organization, now, deeds }: Scene, projectId: string): Promise<void> {
  const select = { id: true, number: true, environmentId: true } as const;
  const waiting = await tx.deployment.updateManyAndReturn({
    where: { projectId, status: 'QUEUED' },
    data: { status: 'CANCELED', cancelRequestedAt: now, finishedAt: now },
    select,
  });
  const atWork = await tx.deployment.updateManyAndReturn({
    where: { projectId, status: { in: [...activeStatuses] }, cancelRequestedAt: null },
    data: { cancelRequestedAt: now },
    select,
  });
  await tx.deploymentStep.updateMany({
    where: { deploymentId: { in: waiting.map(({ id }) => id) }, finishedAt: null },
    data: { finishedAt: now, result: 'CANCELED' },
  });
  const told = (type: string) => (row: { id: string; number: number; environmentId: string }) => ({
    type,
    subjectId: row.id,
    data: { number: row.number, environmentId: publicId('Environment', row.environmentId) },
  });
  await appendEvents(tx, { organizationId: organization.id, streamId: projectId, kind: 'PROJECT' }, [
    ...waiting.map(told('deployment.canceled')),
    ...atWork.map(told('deployment.cancel_requested')),
  ]);
  deeds.canceled.push(...[...waiting, ...atWork].map(({ id }) => id));
}
