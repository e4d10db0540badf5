import type { Db } from '@apployd/prisma/create-db';
import { Prisma } from '@apployd/prisma/generated/client/client';
import type { LogStreamId } from '@apployd/core/log-line';
import { batches } from './batches.js';
import { packLines, unpackLines } from './line-pack.js';
import { factsOf } from './log-filter.js';
import type { LogHead, LogStore, StorableLine } from './log-store.js';
import { LogCheckpointMoved, LogInstanceGone, type LogCheckpoint, type Logs } from './logs.js';
import { postgresCandidates } from './postgres-candidates.js';
import { storedLogs, type StoredLogsOptions } from './stored-logs.js';

/** Logs in PostgreSQL: compressed chunks of lines, numbered under the lock of their stream's row. */
export function postgresLogs(db: Db, options: StoredLogsOptions): Logs {
  return storedLogs(postgresLogStore(db), options);
}

function postgresLogStore(db: Db): LogStore {
  return {
    append: (stream, organizationId, lines, checkpoint) => {
      if (checkpoint) return appendAndMoveOn(db, stream, organizationId, lines, checkpoint);
      return lines.length > 0
        ? appendChunks(db, stream, organizationId, lines)
        : ensureStream(db, stream, organizationId);
    },
    async end(stream, organizationId) {
      await db.$executeRaw`
        INSERT INTO "LogStream" AS stream ("id", "organizationId", "endedAt")
        VALUES (${stream}, ${organizationId}::uuid, now())
        ON CONFLICT ("id") DO UPDATE SET "endedAt" = coalesce(stream."endedAt", excluded."endedAt")`;
    },
    remove: (stream) => removeStream(db, stream),
    async heads(streams) {
      if (streams.length === 0) return new Map();
      const rows = await db.$queryRaw<HeadRow[]>`
        SELECT stream."id", stream."lastSequence" AS "last", stream."endedAt" IS NOT NULL AS "ended",
          coalesce(chunk."firstSequence", stream."lastSequence" + 1) AS "first"
        FROM "LogStream" AS stream LEFT JOIN LATERAL (
          SELECT "firstSequence" FROM "LogChunk" WHERE "streamId" = stream."id" ORDER BY "firstSequence" LIMIT 1
        ) AS chunk ON true
        WHERE stream."id" = ANY(${streams as LogStreamId[]})`;
      return new Map(rows.map((row) => [row.id, headOf(row)]));
    },
    async range(stream, from, to) {
      const chunks = await db.$queryRaw<{ first: bigint; lines: Uint8Array }[]>`
        SELECT "firstSequence" AS "first", "lines" FROM "LogChunk"
        WHERE "streamId" = ${stream} AND "firstSequence" <= ${to} AND "firstSequence" >= coalesce(
          (SELECT max("firstSequence") FROM "LogChunk" WHERE "streamId" = ${stream} AND "firstSequence" <= ${from}), 0)
        ORDER BY "firstSequence"`;
      const lines = await Promise.all(chunks.map((chunk) => unpackLines(chunk.lines, Number(chunk.first))));
      return lines.flat().filter(({ sequence }) => sequence >= from && sequence <= to);
    },
    candidates: (stream, filter, from) => postgresCandidates(db, stream, filter, from),
  };
}

/** So many with one statement: a log may be larger than what one may take the time for. */
const chunksAtOnce = 500;

async function removeStream(db: Db, stream: LogStreamId): Promise<void> {
  let removed = chunksAtOnce;
  while (removed === chunksAtOnce) {
    removed = await db.$executeRaw`
      DELETE FROM "LogChunk" WHERE "streamId" = ${stream} AND "firstSequence" IN (
        SELECT "firstSequence" FROM "LogChunk" WHERE "streamId" = ${stream} ORDER BY "firstSequence"
        LIMIT ${chunksAtOnce})`;
  }
  await db.logStream.deleteMany({ where: { id: stream } });
}

type HeadRow = { id: LogStreamId; first: bigint; last: bigint; ended: boolean };

function headOf({ first, last, ended }: HeadRow): LogHead {
  return { first: Number(first), last: Number(last), ended };
}

/**
 * One statement, so one transaction: it locks the stream's row until its chunks are there to be read, and whoever
 * appends next is numbered behind them.
 */
async function appendChunks(
  db: Db,
  stream: LogStreamId,
  organizationId: string,
  lines: readonly StorableLine[],
  checkpoint?: LogCheckpoint,
): Promise<bigint | null> {
  const chunks = await Promise.all(
    batches(lines).map(async (batch) => ({
      count: batch.length,
      packed: await packLines(batch),
      facts: factsOf(batch),
    })),
  );
  let before = 0;
  const rows = chunks.map(({ count, packed, facts: { firstAt, lastAt, levels, deploymentIds, bytes } }) => {
    const row = Prisma.sql`(${before + 1}::int, ${before + count}::int, ${packed}::bytea, ${firstAt}::timestamptz,
      ${lastAt}::timestamptz, ${levels}::int, ${deploymentIds as string[]}::text[], ${bytes}::int)`;
    before += count;
    return row;
  });
  const moved = checkpoint ? moveOn(checkpoint) : Prisma.sql`SELECT 1`;
  const stored = await db.$queryRaw<{ last: bigint }[]>`
    WITH moved AS (${moved}), stream AS (
      INSERT INTO "LogStream" AS stream ("id", "organizationId", "lastSequence")
      SELECT ${stream}, ${organizationId}::uuid, ${lines.length}::bigint FROM moved
      ON CONFLICT ("id") DO UPDATE SET "lastSequence" = stream."lastSequence" + ${lines.length}
        WHERE stream."endedAt" IS NULL
      RETURNING "lastSequence"
    )
    INSERT INTO "LogChunk" ("streamId", "organizationId", "firstSequence", "lastSequence", "lines", "firstAt", "lastAt",
      "levels", "deploymentIds", "bytes")
    SELECT ${stream}, ${organizationId}::uuid, "lastSequence" - ${lines.length} + chunk.first,
      "lastSequence" - ${lines.length} + chunk.last, chunk.lines, chunk.first_at, chunk.last_at, chunk.levels,
      chunk.deployment_ids, chunk.bytes
    FROM stream, (VALUES ${Prisma.join(rows)})
      AS chunk (first, last, lines, first_at, last_at, levels, deployment_ids, bytes)
    RETURNING "lastSequence" AS "last"`;
  return stored.reduce<bigint | null>((most, { last }) => (most === null || last > most ? last : most), null);
}

function moveOn({ instanceId, from, to }: LogCheckpoint): Prisma.Sql {
  return Prisma.sql`UPDATE "Instance" SET "outputCursor" = ${to} WHERE "id" = ${instanceId}::uuid
    AND "outputCursor" IS NOT DISTINCT FROM ${from}::text RETURNING 1`;
}

async function appendAndMoveOn(
  db: Db,
  stream: LogStreamId,
  organizationId: string,
  lines: readonly StorableLine[],
  checkpoint: LogCheckpoint,
): Promise<bigint | null> {
  // Lines that show nothing, such as what is masked with those before, move the cursor all the same.
  if (lines.length === 0 && (await db.$executeRaw(moveOn(checkpoint))) > 0) {
    return ensureStream(db, stream, organizationId);
  }
  const last = lines.length > 0 ? await appendChunks(db, stream, organizationId, lines, checkpoint) : null;
  if (last === null) await throwUnlessEnded(db, stream, checkpoint);
  return last;
}

/** Why a checkpoint was refused. Only reads: of an environment that was erased meanwhile no stream may come up again. */
async function throwUnlessEnded(db: Db, stream: LogStreamId, { instanceId }: LogCheckpoint): Promise<void> {
  const head = await db.logStream.findUnique({ where: { id: stream }, select: { endedAt: true } });
  if (head?.endedAt) return;
  const found = await db.instance.findUnique({ where: { id: instanceId }, select: { outputCursor: true } });
  if (!found) throw new LogInstanceGone('The instance is gone: nothing of its output is stored any more.');
  throw new LogCheckpointMoved(found.outputCursor);
}

async function ensureStream(db: Db, stream: LogStreamId, organizationId: string): Promise<bigint | null> {
  const [row] = await db.$queryRaw<{ last: bigint; ended: boolean }[]>`
    INSERT INTO "LogStream" AS stream ("id", "organizationId") VALUES (${stream}, ${organizationId}::uuid)
    ON CONFLICT ("id") DO UPDATE SET "lastSequence" = stream."lastSequence"
    RETURNING "lastSequence" AS "last", "endedAt" IS NOT NULL AS "ended"`;
  return row && !row.ended ? row.last : null;
}
