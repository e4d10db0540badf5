import { publicId } from '@apployd/core/id';
import type { Db } from '@apployd/prisma/create-db';
import type { AuditEvent } from '@apployd/prisma/generated/client/client';
import { platformActor } from '../actor/platform.js';
import { auditWhere, type AuditFilter } from './filter.js';

export type Wanted = { readonly organizationId: string; readonly filter: AuditFilter };

const pageSize = 200;

/**
 * The audit log as NDJSON, newest first, a page of lines at a time: the next one is read when this one was taken.
 * `mustStillSee` is asked before each page, and throws to end it.
 */
export async function* auditLines(
  db: Db,
  { organizationId, filter }: Wanted,
  mustStillSee: () => Promise<void>,
): AsyncGenerator<string, void> {
  const where = { organizationId, ...auditWhere(filter) };
  for (let before: string | undefined; ;) {
    await mustStillSee();
    const rows: AuditEvent[] = await db.auditEvent.findMany({
      where: { AND: [where, { id: { lt: before } }] },
      orderBy: { id: 'desc' },
      take: pageSize,
    });
    if (rows.length > 0) yield await linesOf(db, rows);
    before = rows.at(-1)?.id;
    if (rows.length < pageSize) return;
  }
}

async function linesOf(db: Db, rows: readonly AuditEvent[]): Promise<string> {
  const actorOf = await actorsOf(db, rows);
  return rows.map((row) => `${JSON.stringify(entryOf(row, actorOf(row)))}\n`).join('');
}

/** As the API's AuditEvent. */
function entryOf(
  { id, createdAt: at, action, targetId, ip, userAgent, requestId, refusal, changes }: AuditEvent,
  actor: object | null,
) {
  return { id: publicId('AuditEvent', id), at, actor, action, targetId, ip, userAgent, requestId, refusal, changes };
}

/** Who did what of these, with two statements however many they are. */
async function actorsOf(db: Db, rows: readonly AuditEvent[]): Promise<(row: AuditEvent) => object | null> {
  const users = await db.user.findMany({
    where: { id: { in: idsOf(rows, 'userId') } },
    select: { id: true, name: true },
  });
  const tokens = await db.apiToken.findMany({
    where: { id: { in: idsOf(rows, 'tokenId') } },
    select: { id: true, name: true, prefix: true },
  });
  const known = new Map<string | null, object>([
    ...users.map((one) => [one.id, { __typename: 'User', ...one, id: publicId('User', one.id) }] as const),
    ...tokens.map((one) => [one.id, { __typename: 'ApiToken', ...one, id: publicId('ApiToken', one.id) }] as const),
  ]);
  return ({ actorKind, userId, tokenId }) => {
    if (actorKind === 'SYSTEM') return { __typename: 'SystemActor', ...platformActor() };
    return known.get(tokenId) ?? known.get(userId) ?? null;
  };
}

function idsOf(rows: readonly AuditEvent[], key: 'userId' | 'tokenId'): string[] {
  return [...new Set(rows.flatMap((row) => row[key] ?? []))];
}
