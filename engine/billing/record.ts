import { newId, publicId } from '@apployd/core/id';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Organization, Prisma } from '@apployd/prisma/generated/client/client';

type Change = { readonly before?: Prisma.InputJsonObject; readonly after: Prisma.InputJsonObject };

/** What the platform did by itself stands in the organization's audit log and among its events. */
export async function record(
  tx: Transaction,
  { id: organizationId }: Pick<Organization, 'id'>,
  type: string,
  { before, after }: Change,
): Promise<void> {
  await tx.auditEvent.create({
    data: {
      id: newId(),
      organizationId,
      actorKind: 'SYSTEM',
      action: type,
      targetId: publicId('Organization', organizationId),
      requestId: newId(),
      changes: { ...(before && { before }), after },
    },
  });
  const stream = { organizationId, streamId: organizationId, kind: 'ORGANIZATION' } as const;
  await appendEvent(tx, { ...stream, type, subjectId: organizationId, data: after });
}
