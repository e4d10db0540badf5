import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import type { LiveEnvironment } from './live-environment.js';

/** An event of the project: what the platform saw, or did, in one of its environments while this deployment was live. */
export function appendHappening(
  tx: Transaction,
  { environment, live }: LiveEnvironment,
  type: string,
  data: Prisma.InputJsonObject,
): Promise<bigint> {
  return appendEvent(tx, {
    organizationId: environment.organizationId,
    streamId: environment.projectId,
    kind: 'PROJECT',
    type,
    subjectId: environment.id,
    actorId: null,
    data: { deploymentNumber: live.number, ...data },
  });
}
