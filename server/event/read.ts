import type { Db } from '@apployd/prisma/create-db';
import { Prisma, type Event, type EventStreamKind } from '@apployd/prisma/generated/client/client';
import type { Viewer } from '../access/viewer.js';
import { withoutForeignTokens } from './foreign-tokens.js';
import { reachedEnvironment } from '../access/reached-environment.js';
import { whereReached } from './reach.js';
import { whereTypes, type EventTypes } from './types.js';

/** Whose events they are: the project's or the organization's own. */
export type EventStreamOf = { readonly kind: EventStreamKind; readonly id: string };

/** The events of a stream that somebody wants, and may see. */
export type EventsOf = {
  readonly stream: EventStreamOf;
  readonly types: EventTypes | null;
  readonly viewer: Viewer;
};

/** Between two sequences, neither included. */
type Range = { readonly after: number; readonly before?: number; readonly limit: number; readonly newest?: boolean };

export type EventsRead = {
  readonly events: readonly Event[];
  /** The oldest that is kept, whatever is wanted; one behind `last` when there is none. */
  readonly first: number;
  readonly last: number;
};

/** In order; null when there is no such stream. One statement sees one moment: nothing is forgotten in the midst of it. */
export async function readEvents(db: Db, of: EventsOf, range: Range): Promise<EventsRead | null> {
  const { kind, id } = of.stream;
  const { after, before = Number.MAX_SAFE_INTEGER, limit, newest = false } = range;
  const rows = await db.$queryRaw<(Head & (Event | { readonly id: null }))[]>`
    SELECT stream."lastSequence" AS "last", event.*, coalesce(
      (SELECT min("sequence") FROM "Event" WHERE "streamId" = stream."id"), stream."lastSequence" + 1) AS "first"
    FROM "EventStream" AS stream LEFT JOIN LATERAL (
      SELECT * FROM "Event" WHERE "streamId" = stream."id" AND "sequence" > ${after} AND "sequence" < ${before}
        AND ${whereTypes(of.types)} AND ${whereReached(id, reachedEnvironment(of.viewer))}
      ORDER BY "sequence" ${newest ? Prisma.sql`DESC` : Prisma.sql`ASC`} LIMIT ${limit}
    ) AS event ON true
    WHERE stream."id" = ${id}::uuid AND stream."kind" = ${kind}::"EventStreamKind" ORDER BY event."sequence"`;
  const [head] = rows;
  if (!head) return null;
  const found = rows.filter((row): row is Head & Event => row.id !== null);
  const events = await withoutForeignTokens(db, of.viewer, found);
  return { events, first: Number(head.first), last: Number(head.last) };
}

type Head = { readonly first: bigint; readonly last: bigint };
