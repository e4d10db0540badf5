import { newId } from '@apployd/core/id';
import type { Transaction } from './create-db.js';
import type { Prisma } from './generated/client/client.js';

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
  const sequence = await lastSequence(tx, event, 1);
  await tx.event.create({ data: { id: newId(), organizationId, streamId, sequence, type, subjectId, actorId, data } });
  return sequence;
}

/** Appends what happened to many at once, in their order, with two statements. */
export async function appendEvents(tx: Transaction, stream: Stream, events: readonly EventForEach[]): Promise<void> {
  if (events.length === 0) return;
  const { organizationId, streamId } = stream;
  const last = await lastSequence(tx, stream, events.length);
  const first = last - BigInt(events.length) + 1n;
  await tx.event.createMany({
    data: events.map(({ type, subjectId, actorId = null, data = {} }, index) => ({
      ...{ id: newId(), organizationId, streamId, sequence: first + BigInt(index) },
      ...{ type, subjectId, actorId, data },
    })),
  });
}

/** One statement makes the stream or moves it on, so two first events do not meet. */
async function lastSequence(
  tx: Transaction,
  { organizationId, streamId, kind }: Stream,
  count: number,
): Promise<bigint> {
  const rows = await tx.$queryRaw<{ lastSequence: bigint }[]>`
    INSERT INTO "EventStream" ("id", "organizationId", "kind", "lastSequence")
    VALUES (${streamId}::uuid, ${organizationId}::uuid, ${kind}::"EventStreamKind", ${count})
    ON CONFLICT ("id") DO UPDATE SET "lastSequence" = "EventStream"."lastSequence" + ${count}
    RETURNING "lastSequence"`;
  const [row] = rows;
  if (!row) throw new Error('An upsert returned no row.');
  return row.lastSequence;
}

type EventForEach = Pick<NewEvent, 'type' | 'subjectId' | 'actorId' | 'data'>;

/** Appends the same event to the streams of many organizations, a thousand with each statement. */
export async function appendEventToEach(
  tx: Transaction,
  organizationIds: readonly string[],
  { type, subjectId, actorId = null, data = {} }: EventForEach,
): Promise<void> {
  for (let start = 0; start < organizationIds.length; start += 1_000) {
    const organizations = organizationIds.slice(start, start + 1_000);
    const ids = organizations.map(() => newId());
    await tx.$executeRaw`
      WITH given AS (SELECT * FROM unnest(${organizations}::uuid[], ${ids}::uuid[]) AS one ("organizationId", "id")),
      stream AS (
        INSERT INTO "EventStream" ("id", "organizationId", "kind", "lastSequence")
        SELECT "organizationId", "organizationId", 'ORGANIZATION', 1 FROM given
        ON CONFLICT ("id") DO UPDATE SET "lastSequence" = "EventStream"."lastSequence" + 1
        RETURNING "id", "lastSequence")
      INSERT INTO "Event" ("id", "organizationId", "streamId", "sequence", "type", "subjectId", "actorId", "data")
      SELECT given."id", stream."id", stream."id", stream."lastSequence", ${type}, ${subjectId}::uuid, ${actorId}::uuid,
        ${JSON.stringify(data)}::jsonb
      FROM given JOIN stream ON stream."id" = given."organizationId"`;
  }
}
