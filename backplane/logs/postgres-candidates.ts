import type { LogStreamId } from '@apployd/core/log-line';
import type { Db } from '@apployd/prisma/create-db';
import { Prisma } from '@apployd/prisma/generated/client/client';
import { unpackLines } from './line-pack.js';
import { levelBits, type LogFilter } from './log-filter.js';
import { searchBounds, type Candidates, type SearchFrom } from './log-store.js';

type Row = {
  readonly first: bigint | null;
  readonly bytes: number | null;
  readonly lines: Uint8Array | null;
  /** How many chunks were looked at, and how many of them may have lines that are wanted. */
  readonly examined: bigint;
  readonly wanted: bigint;
  /** The place up to which chunks were looked at, and that of the last one which is taken along. */
  readonly examinedTo: bigint | null;
  readonly takenTo: bigint | null;
};

/**
 * Goes through what is known of chunks, a bounded number of them, and brings the lines of those that may have what is wanted,
 * as many as one request may open. Chunks from before anything was known of them may have everything.
 */
export async function postgresCandidates(
  db: Db,
  stream: LogStreamId,
  filter: LogFilter,
  { from, backwards }: SearchFrom,
): Promise<Candidates> {
  const [order, end, edge] = backwards
    ? [Prisma.sql`DESC`, Prisma.sql`min("first")`, Prisma.sql`"firstSequence" < ${from}`]
    : [
        Prisma.sql`ASC`,
        Prisma.sql`max("last")`,
        // The first of these is found by the key of the chunks: what lies before it is not gone through.
        Prisma.sql`"lastSequence" > ${from} AND "firstSequence" >= coalesce((SELECT max("firstSequence") FROM "LogChunk"
          WHERE "streamId" = ${stream} AND "firstSequence" <= ${from}), 0)`,
      ];
  const rows = await db.$queryRaw<Row[]>`
    WITH examined AS (
      SELECT "firstSequence" AS "first", "lastSequence" AS "last", coalesce("bytes", ${searchBounds.unknownBytes}) AS "bytes",
        ${mayHave(filter)} AS "isWanted"
      FROM "LogChunk" WHERE "streamId" = ${stream} AND ${edge} AND ${atAround(stream, filter)}
      ORDER BY "firstSequence" ${order} LIMIT ${searchBounds.chunks}),
    wanted AS (
      SELECT "first", "last", "bytes", sum("bytes") OVER so_far - "bytes" AS "bytesBefore",
        sum("last" - "first" + 1) OVER so_far - ("last" - "first" + 1) AS "linesBefore"
      FROM examined WHERE "isWanted" WINDOW so_far AS (ORDER BY "first" ${order} ROWS UNBOUNDED PRECEDING)),
    taken AS (
      SELECT "first", "last", "bytes" FROM wanted
      WHERE "bytesBefore" < ${searchBounds.bytes} AND "linesBefore" < ${searchBounds.lines})
    SELECT taken."first", taken."bytes", chunk."lines",
      (SELECT count(*) FROM examined) AS "examined", (SELECT count(*) FROM wanted) AS "wanted",
      (SELECT ${end} FROM examined) AS "examinedTo", (SELECT ${end} FROM taken) AS "takenTo"
    FROM (VALUES (true)) AS one LEFT JOIN taken ON true
      LEFT JOIN "LogChunk" AS chunk ON chunk."streamId" = ${stream} AND chunk."firstSequence" = taken."first"
    ORDER BY taken."first" ${order}`;
  return candidatesIn(rows, from);
}

function candidatesIn(rows: readonly Row[], from: number): Candidates {
  const chunks = rows.flatMap(({ first, bytes, lines }) =>
    first === null || lines === null ? [] : { bytes: bytes ?? 0, lines: () => unpackLines(lines, Number(first)) },
  );
  const [head] = rows;
  if (!head) return { chunks: [], reached: from, isComplete: true };
  if (rows.length < head.wanted) return { chunks, reached: Number(head.takenTo), isComplete: false };
  const isComplete = head.examined < searchBounds.chunks;
  return { chunks, reached: Number(head.examinedTo ?? from), isComplete };
}

function mayHave({ levels, deploymentId, since, until }: LogFilter): Prisma.Sql {
  const conditions = [
    Prisma.sql`("levels" IS NULL OR "levels" & ${levelBits(levels)}::int <> 0)`,
    ...(deploymentId === undefined
      ? []
      : [Prisma.sql`("deploymentIds" IS NULL OR ${deploymentId} = ANY("deploymentIds"))`]),
    ...(since ? [Prisma.sql`("lastAt" IS NULL OR "lastAt" >= ${since})`] : []),
    ...(until ? [Prisma.sql`("firstAt" IS NULL OR "firstAt" < ${until})`] : []),
  ];
  return Prisma.join(conditions, ' AND ');
}

/** Lines are stored soon after they were written, by clocks that differ a little. */
const [mostAheadMs, mostLateMs] = [60_000, 300_000];

/** Leads to the chunks that were stored at about that time, so that those before and after it need not be looked at. */
function atAround(stream: LogStreamId, { since, until }: LogFilter): Prisma.Sql {
  const storedFrom = (at: Date) => Prisma.sql`coalesce((SELECT "firstSequence" FROM "LogChunk"
    WHERE "streamId" = ${stream} AND "createdAt" >= ${at} ORDER BY "createdAt" LIMIT 1), ${Number.MAX_SAFE_INTEGER})`;
  const from = since && Prisma.sql`"firstSequence" >= ${storedFrom(new Date(since.getTime() - mostAheadMs))}`;
  const to = until && Prisma.sql`"firstSequence" <= ${storedFrom(new Date(until.getTime() + mostLateMs))}`;
  return Prisma.join([from ?? Prisma.sql`true`, to ?? Prisma.sql`true`], ' AND ');
}
