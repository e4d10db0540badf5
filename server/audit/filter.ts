import { parsePublicId } from '@apployd/core/id';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import { requestError } from '../request-error.js';

/** What is looked for in the audit log: all that is given has to hold. */
export type AuditFilter = {
  readonly actorId?: string | null;
  readonly actions?: readonly string[] | null;
  readonly targetId?: string | null;
  readonly since?: Date | null;
  readonly until?: Date | null;
};

const mostActions = 50;

export function auditWhere({ actorId, actions, targetId, since, until }: AuditFilter): Prisma.AuditEventWhereInput {
  if (actions && actions.length > mostActions) {
    throw requestError('BAD_REQUEST', `Filter by at most ${mostActions} actions at once.`);
  }
  return {
    ...(actorId != null && { AND: [doneBy(actorId)] }),
    ...(actions && { action: { in: [...actions] } }),
    ...(targetId != null && { targetId }),
    ...((since ?? until) && { createdAt: { gte: since ?? undefined, lt: until ?? undefined } }),
  };
}

/** An id of another kind did nothing. */
function doneBy(actorId: string): Prisma.AuditEventWhereInput {
  const actor = parsePublicId(actorId);
  if (actor?.kind === 'User') return { userId: actor.id };
  if (actor?.kind === 'ApiToken') return { tokenId: actor.id };
  return { id: { in: [] } };
}
