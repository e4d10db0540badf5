import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Prisma } from '@apployd/prisma/generated/client/client';

/** An event of the project whose visitors come by this host name; none for the platform's own names. */
export async function appendCertificateEvent(
  tx: Transaction,
  hostname: string,
  type: 'certificate.issued' | 'certificate.failed' | 'certificate.expiring',
  data: Prisma.InputJsonObject,
): Promise<void> {
  const route = await tx.route.findUnique({
    where: { hostname },
    select: { environment: { select: { id: true, organizationId: true, projectId: true } } },
  });
  if (!route) return;
  const { id: subjectId, organizationId, projectId: streamId } = route.environment;
  await appendEvent(tx, {
    ...{ organizationId, streamId, kind: 'PROJECT', type, subjectId },
    data: { hostname, ...data },
  });
}
