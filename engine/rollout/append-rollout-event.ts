import { publicId } from '@apployd/core/id';
import { sidesOf } from '@apployd/core/rollout';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';

/** What has become of a rollout, with how far it is and what both sides have answered: by its row, which is written before. */
export async function appendRolloutEvent(tx: Transaction, deploymentId: string, type: string): Promise<void> {
  const row = await tx.rollout.findUniqueOrThrow({
    where: { deploymentId },
    include: { sides: true, deployment: { select: { number: true, projectId: true } } },
  });
  const { former, newer } = sidesOf(row.sides);
  const { number, projectId: streamId } = row.deployment;
  await appendEvent(tx, {
    ...{ organizationId: row.organizationId, streamId, kind: 'PROJECT', type, subjectId: deploymentId },
    actorId: row.decidedById,
    data: {
      ...{ number, environmentId: publicId('Environment', row.environmentId) },
      ...{ step: row.step, percent: row.percent, reason: row.reason, sentence: row.sentence },
      ...{ old: former, new: newer },
    },
  });
}
