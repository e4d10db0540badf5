import { activeStatuses } from '@apployd/core/deployment';
import { appendEvents } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';

type Where = {
  readonly organizationId: string;
  readonly projectId: string;
  /** Absent: of the whole project. */
  readonly environmentId?: string;
  readonly actorId: string;
};

/** What waits is CANCELED, what is at work is asked to end; the ids of all of these. */
export async function cancelAll(tx: Transaction, { organizationId, actorId, ...where }: Where): Promise<string[]> {
  const now = new Date();
  const waiting = await tx.deployment.updateManyAndReturn({
    where: { ...where, status: 'QUEUED' },
    data: { status: 'CANCELED', cancelRequestedAt: now, finishedAt: now },
    select: { id: true },
  });
  const atWork = await tx.deployment.updateManyAndReturn({
    where: { ...where, status: { in: [...activeStatuses] }, cancelRequestedAt: null },
    data: { cancelRequestedAt: now },
    select: { id: true },
  });
  await tx.deploymentStep.updateMany({
    where: { deploymentId: { in: waiting.map(({ id }) => id) }, finishedAt: null },
    data: { finishedAt: now },
  });
  await appendEvents(tx, { organizationId, streamId: where.projectId, kind: 'PROJECT' }, [
    ...waiting.map(({ id }) => ({ type: 'deployment.canceled', subjectId: id, actorId })),
    ...atWork.map(({ id }) => ({ type: 'deployment.cancel_requested', subjectId: id, actorId })),
  ]);
  return [...waiting, ...atWork].map(({ id }) => id);
}
