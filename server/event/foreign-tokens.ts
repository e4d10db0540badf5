import type { Db } from '@apployd/prisma/create-db';
import type { Event } from '@apployd/prisma/generated/client/client';
import type { Viewer } from '../access/viewer.js';

/** Names the token behind an event only to those who may see that token; to others it was the person whom it acts for. */
export async function withoutForeignTokens<Row extends Pick<Event, 'actorTokenId'>>(
  db: Db,
  viewer: Viewer,
  events: readonly Row[],
): Promise<Row[]> {
  const visible = await visibleOf(db, viewer, [...new Set(events.flatMap(({ actorTokenId }) => actorTokenId ?? []))]);
  return events.map((event) =>
    event.actorTokenId === null || visible.has(event.actorTokenId) ? event : { ...event, actorTokenId: null },
  );
}

async function visibleOf(db: Db, { sees, lacks }: Viewer, ids: string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0 || lacks('token:read') !== null) return new Set();
  const rows = await db.apiToken.findMany({ where: { id: { in: ids }, ...sees.ApiToken }, select: { id: true } });
  return new Set(rows.map(({ id }) => id));
}
