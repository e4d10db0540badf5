import { activeStatuses } from '@apployd/core/deployment';
import { publicId } from '@apployd/core/id';
import { appendEvents } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Deployment } from '@apployd/prisma/generated/client/client';

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
  const select = { id: true, number: true, environmentId: true } as const;
  const waiting = await tx.deployment.updateManyAndReturn({
    where: { ...where, status: 'QUEUED' },
    data: { status: 'CANCELED', cancelRequestedAt: now, finishedAt: now },
    select,
  });
  const atWork = await tx.deployment.updateManyAndReturn({
    where: { ...where, status: { in: [...activeStatuses] }, cancelRequestedAt: null },
    data: { cancelRequestedAt: now },
    select,
  });
  await tx.deploymentStep.updateMany({
    where: { deploymentId: { in: waiting.map(({ id }) => id) }, finishedAt: null },
    data: { finishedAt: now, result: 'CANCELED' },
  });
  await appendEvents(tx, { organizationId, streamId: where.projectId, kind: 'PROJECT' }, [
    ...waiting.map(event('deployment.canceled', actorId)),
    ...atWork.map(event('deployment.cancel_requested', actorId)),
  ]);
  return [...waiting, ...atWork].map(({ id }) => id);
}

type Row = Pick<Deployment, 'id' | 'number' | 'environmentId'>;

const event = (type: string, actorId: string) => (row: Row) => ({
  ...{ type, subjectId: row.id, actorId },
  data: { number: row.number, environmentId: publicId('Environment', row.environmentId) },
});
