import { newId } from '@apployd/core/id';
import type { Transaction } from './create-db.js';
import { Prisma } from './generated/client/client.js';

export type NewEvent = {
  readonly organizationId: string;
  /** The organization's or the project's own id. */
  readonly streamId: string;
  readonly kind: 'ORGANIZATION' | 'PROJECT';
  /** Such as `deployment.ready`. */
  readonly type: string;
  readonly subjectId: string;
  /** Null or absent when the platform did it. */
  readonly actorId?: string | null;
  readonly data?: Prisma.InputJsonObject;
};

type Stream = Pick<NewEvent, 'organizationId' | 'streamId' | 'kind'>;

/** Appends to a stream; its sequence. The stream stays locked until the transaction ends, so sequences commit in order. */
export async function appendEvent(tx: Transaction, event: NewEvent): Promise<bigint> {
  const { organizationId, streamId, type, subjectId, actorId = null, data = {} } = event;
  const rows = await tx.$queryRaw<{ sequence: bigint }[]>`
    WITH stream AS (${movedOn(event, 1)})
    INSERT INTO "Event" ("id", "organizationId", "streamId", "sequence", "createdAt", "type", "subjectId", "actorId", "actorTokenId", "data")
    SELECT ${newId()}::uuid, ${organizationId}::uuid, ${streamId}::uuid, "lastSequence", date_trunc('milliseconds', "now"), ${type}, ${subjectId}::uuid,
      ${actorId}::uuid, ${noteIn(tx, event)}::uuid, ${JSON.stringify(data)}::jsonb
    FROM stream RETURNING "sequence"`;
  return only(rows).sequence;
}

/** Appends what happened to many at once, in their order, with two statements. */
export async function appendEvents(tx: Transaction, stream: Stream, events: readonly EventForEach[]): Promise<void> {
  if (events.length === 0) return;
  const { organizationId, streamId } = stream;
  const { lastSequence, now: createdAt } = only(await tx.$queryRaw<Moved[]>(movedOn(stream, events.length)));
  const first = lastSequence - BigInt(events.length) + 1n;
  const actorTokenId = noteIn(tx, stream);
  await tx.event.createMany({
    data: events.map(({ type, subjectId, actorId = null, data = {} }, index) => ({
      ...{ id: newId(), organizationId, streamId, sequence: first + BigInt(index), createdAt },
      ...{ type, subjectId, actorId, actorTokenId, data },
    })),
  });
}

type Moved = { readonly lastSequence: bigint; readonly now: Date };

/**
 * One statement makes the stream or moves it on, so two first events do not meet. The time is that of the lock: within a
 * stream it goes up with the sequence, so what is older than some moment is a stream's beginning.
 */
const movedOn = ({ organizationId, streamId, kind }: Stream, count: number) => Prisma.sql`
  INSERT INTO "EventStream" ("id", "organizationId", "kind", "lastSequence")
  VALUES (${streamId}::uuid, ${organizationId}::uuid, ${kind}::"EventStreamKind", ${count})
  ON CONFLICT ("id") DO UPDATE SET "lastSequence" = "EventStream"."lastSequence" + ${count}, "changedAt" = clock_timestamp()
  RETURNING "lastSequence", clock_timestamp() AS "now"`;

function only<Row>([row]: readonly Row[]): Row {
  if (!row) throw new Error('An upsert returned no row.');
  return row;
}

/** Appends an event to each of many streams, a thousand with each statement; in the order of their ids, as all who lock many do. */
export async function appendEventToEach(
  tx: Transaction,
  { kind, type, actorId = null }: Pick<NewEvent, 'kind' | 'type' | 'actorId'>,
  events: readonly EventOfStream[],
): Promise<void> {
  const sorted = events.toSorted((one, other) => (one.streamId < other.streamId ? -1 : 1));
  for (let start = 0; start < sorted.length; start += 1_000) {
    const given = sorted.slice(start, start + 1_000);
    const tokens = given.map((event) => noteIn(tx, event));
    const [ids, streamIds] = [given.map(() => newId()), given.map(({ streamId }) => streamId)];
    const organizationIds = given.map(({ organizationId }) => organizationId);
    const subjectIds = given.map(({ subjectId }) => subjectId);
    const data = given.map((event) => JSON.stringify(event.data ?? {}));
    await tx.$executeRaw`
      WITH given AS (
        SELECT * FROM unnest(${ids}::uuid[], ${streamIds}::uuid[], ${organizationIds}::uuid[], ${subjectIds}::uuid[], ${data}::text[])
          AS one ("id", "streamId", "organizationId", "subjectId", "data")),
      stream AS (
        INSERT INTO "EventStream" ("id", "organizationId", "kind", "lastSequence")
        SELECT "streamId", "organizationId", ${kind}::"EventStreamKind", 1 FROM given ORDER BY "streamId"
        ON CONFLICT ("id") DO UPDATE SET "lastSequence" = "EventStream"."lastSequence" + 1, "changedAt" = clock_timestamp()
        RETURNING "id", "lastSequence", clock_timestamp() AS "now")
      INSERT INTO "Event" ("id", "organizationId", "streamId", "sequence", "createdAt", "type", "subjectId", "actorId", "actorTokenId", "data")
      SELECT given."id", given."organizationId", stream."id", stream."lastSequence", stream."now", ${type}, given."subjectId",
        ${actorId}::uuid, ${tokens[0] ?? null}::uuid, given."data"::jsonb
      FROM given JOIN stream ON stream."id" = given."streamId"`;
  }
}

type EventForEach = Pick<NewEvent, 'type' | 'subjectId' | 'actorId' | 'data'>;
type EventOfStream = Pick<NewEvent, 'organizationId' | 'streamId' | 'subjectId' | 'data'>;

type Notes = { readonly tokenId: string | null; readonly told: Set<string> };
const notes = new WeakMap<Transaction, Notes>();

/**
 * From now on, what the transaction appends is the token's doing, where there is one. Gives the ids of the streams that it
 * appends to and of their organizations, as they become known: once it is committed, those who follow them are to be told.
 */
export function noteEvents(tx: Transaction, tokenId: string | null): ReadonlySet<string> {
  const told = new Set<string>();
  notes.set(tx, { tokenId, told });
  return told;
}

/** The token that acts in the transaction. */
function noteIn(tx: Transaction, { streamId, organizationId }: Pick<Stream, 'streamId' | 'organizationId'>) {
  const noted = notes.get(tx);
  noted?.told.add(streamId).add(organizationId);
  return noted?.tokenId ?? null;
}
