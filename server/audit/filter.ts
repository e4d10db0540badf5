import { parsePublicId } from '@apployd/core/id';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import { requestError } from '../request-error.js';

/** What is looked for in the audit log: all that is given has to hold. */
export type AuditFilter = {
  readonly actorId?: string | null;
  readonly actions?: readonly string[] | null;
  readonly targetId?: string | null;
  readonly refused?: boolean | null;
  readonly since?: Date | null;
  readonly until?: Date | null;
};

const mostActions = 50;

export function auditWhere(filter: AuditFilter): Prisma.AuditEventWhereInput {
  refuseImpossible(filter);
  const { actorId, actions, targetId, refused, since, until } = filter;
  return {
    ...(actorId != null && { AND: [doneBy(actorId)] }),
    ...(actions && { action: { in: [...actions] } }),
    ...(targetId != null && { targetId }),
    ...(refused != null && { refusal: refused ? { not: null } : null }),
    ...((since ?? until) && { createdAt: { gte: since ?? undefined, lt: until ?? undefined } }),
  };
}

/** What the database would not even look for. */
function refuseImpossible({ actions, targetId, since, until }: AuditFilter): void {
  if (actions && actions.length > mostActions) {
    throw requestError('BAD_REQUEST', `Filter by at most ${mostActions} actions at once.`, { field: 'actions' });
  }
  for (const [field, texts] of Object.entries({ actions, targetId: [targetId ?? ''] })) {
    if (!texts?.some((text) => text.includes('\0'))) continue;
    throw requestError('BAD_REQUEST', `${field} has a character in it that no text has: leave U+0000 out.`, { field });
  }
  for (const [field, moment] of Object.entries({ since, until })) {
    if (!moment || isInReach(moment)) continue;
    throw requestError('BAD_REQUEST', `${field} is a moment of the years 1970 to 9999.`, { field });
  }
}

const isInReach = (moment: Date) => moment.getUTCFullYear() >= 1970 && moment.getUTCFullYear() <= 9999;

/** An id of another kind did nothing. */
function doneBy(actorId: string): Prisma.AuditEventWhereInput {
  const actor = parsePublicId(actorId);
  if (actor?.kind === 'User') return { userId: actor.id };
  if (actor?.kind === 'ApiToken') return { tokenId: actor.id };
  return { id: { in: [] } };
}
