import { randomUUID } from 'node:crypto';
import { deadlineIn } from '@apployd/core/deadline';
import { buildLogOf } from '@apployd/core/log-line';
import { testDatabase, type TestDatabase } from '@apployd/prisma/test-database';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Events } from '../events/events.js';
import { memoryEvents } from '../events/memory.js';
import { silentLogger as log } from '../log/logger.js';
import { collect, logsConformance } from './logs.conformance.js';
import type { LogFilter } from './log-filter.js';
import { LogInstanceGone } from './logs.js';
import { memoryLogs } from './memory.js';
import { postgresLogs } from './postgres.js';

const deploymentId = randomUUID();

logsConformance('memory', async () => {
  const logs = memoryLogs();
  let opened = 0;
  // The suite's two processes share one memory; a third stands alone.
  const shared = { ...logs, close: async () => undefined };
  const connect = () => ((opened += 1) <= 2 ? shared : memoryLogs());
  return { connect, anInstance: async () => randomUUID(), close: () => logs.close() };
});

logsConformance('PostgreSQL', async () => {
  const { db, close } = await testDatabase();
  const events = memoryEvents();
  return { connect: () => postgresLogs(db, { events, log }), anInstance: () => anInstance(db), close };
});

logsConformance('PostgreSQL, when every hint is lost', async () => {
  const { db, close } = await testDatabase();
  const events = deafEvents();
  const connect = () => postgresLogs(db, { events, log, lookAgainMs: 20 });
  return { connect, anInstance: () => anInstance(db), close };
});

describe('logs in PostgreSQL', () => {
  const organizationId = randomUUID();
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.close());

  test('lines that retention removed are a gap with their number, and reading goes on behind it', async () => {
    const logs = postgresLogs(database.db, { events: memoryEvents(), log });
    const stream = buildLogOf(randomUUID());
    for (let i = 0; i < 3; i += 1) await logs.append(stream, organizationId, lines(100));
    await database.db.logChunk.deleteMany({ where: { streamId: stream, firstSequence: { lte: 101 } } });
    await logs.end(stream, organizationId);
    const { gaps, lines: read, end } = await collect(logs.follow(stream, 50, deadlineIn(20_000)));
    expect(gaps).toEqual([{ kind: 'gap', reason: 'RETENTION', lost: 150, from: 51, cursor: 200 }]);
    expect(read.map((line) => line.sequence)).toEqual(Array.from({ length: 100 }, (_, index) => 201 + index));
    expect(end).toEqual({ kind: 'end', cursor: 300 });
    expect(await logs.read(stream, { limit: 1 })).toMatchObject({ hasPrevious: false, lines: [{ sequence: 201 }] });

    await database.db.logChunk.deleteMany({ where: { streamId: stream } });
    const nothing = await collect(logs.follow(stream, 250, deadlineIn(20_000)));
    expect(nothing).toEqual({
      lines: [],
      gaps: [{ kind: 'gap', reason: 'RETENTION', lost: 50, from: 251, cursor: 300 }],
      end: { kind: 'end', cursor: 300 },
    });
    await logs.close();
  });

  test('followers that begin at different places are soon given the very same batches, read once', async () => {
    let ranges = 0;
    const logs = postgresLogs(
      countRanges(database, () => (ranges += 1)),
      { events: memoryEvents(), log },
    );
    const stream = buildLogOf(randomUUID());
    for (let i = 0; i < 4; i += 1) await logs.append(stream, organizationId, lines(500));
    await logs.end(stream, organizationId);
    const seen: object[][] = [];
    for (const after of [0, 0, 120, 777]) {
      const read: object[] = [];
      for await (const message of logs.follow(stream, after, deadlineIn(20_000))) {
        if (message.kind === 'batch') read.push(message);
      }
      seen.push(read);
    }
    expect(seen.map((read) => read.length)).toEqual([4, 4, 4, 3]);
    const [last] = (seen[0] ?? []).slice(-1);
    for (const read of seen) expect(read.at(-1)).toBe(last);
    expect(ranges).toBe(6);
    await logs.close();
  });

  test('a hundred followers of a stream cost one read per change', async () => {
    let ranges = 0;
    const counting = countRanges(database, () => (ranges += 1));
    const logs = postgresLogs(counting, { events: memoryEvents(), log });
    const stream = buildLogOf(randomUUID());
    const stop = deadlineIn(20_000);
    const followers = Array.from({ length: 100 }, () => logs.follow(stream, 0, stop)[Symbol.asyncIterator]());
    const firsts = followers.map((follower) => follower.next());
    await logs.append(stream, organizationId, lines(1));
    await Promise.all(firsts);
    const seconds = followers.map((follower) => follower.next());
    await logs.append(stream, organizationId, lines(1));
    await Promise.all(seconds);
    expect(ranges).toBeLessThanOrEqual(4);
    await logs.close();
    await Promise.all(followers.map((follower) => follower.next()));
  });

  test('a search opens only chunks that may have what is wanted, and those of which nothing is known', async () => {
    const logs = postgresLogs(database.db, { events: memoryEvents(), log });
    const [stream, other] = [buildLogOf(randomUUID()), randomUUID()];
    const [soon, later] = [new Date(), new Date(Date.now() + 60_000)];
    const line = { at: soon, source: 'STDOUT', message: 'fine', deploymentId } as const;
    await logs.append(stream, organizationId, [line, line]);
    await logs.append(stream, organizationId, [line, { ...line, message: 'error: it broke' }, line]);
    await logs.append(stream, organizationId, [{ ...line, at: later }]);
    await logs.append(stream, organizationId, [{ ...line, deploymentId: other }]);
    const opened = async (filter: LogFilter) => (await logs.search(stream, filter, { limit: 10 })).scanned.lines;
    expect(await opened({})).toBe(7);
    expect(await opened({ levels: ['ERROR'] })).toBe(3);
    expect(await opened({ levels: ['WARN'] })).toBe(0);
    expect(await opened({ since: later })).toBe(1);
    expect(await opened({ until: later, levels: ['INFO'] })).toBe(6);
    expect(await opened({ deploymentId: other })).toBe(1);
    await database.db.$executeRaw`
      UPDATE "LogChunk" SET "levels" = NULL, "firstAt" = NULL, "lastAt" = NULL, "deploymentIds" = NULL, "bytes" = NULL
      WHERE "streamId" = ${stream} AND "firstSequence" = 1`;
    expect(await opened({ levels: ['ERROR'], deploymentId: other, since: later })).toBe(2);
    await logs.close();
  });

  test('a refused checkpoint brings up no stream, and one of an instance that is gone is told apart', async () => {
    const logs = postgresLogs(database.db, { events: memoryEvents(), log });
    const stream = buildLogOf(randomUUID());
    const instanceId = await anInstance(database.db);
    for (const count of [0, 1]) {
      const move = (id: string) =>
        logs.append(stream, organizationId, lines(count), { instanceId: id, from: 'a', to: 'b' });
      await expect(move(instanceId)).rejects.toMatchObject({ name: 'LogCheckpointMoved', at: null });
      await expect(move(randomUUID())).rejects.toThrow(LogInstanceGone);
    }
    expect(await database.db.logStream.count({ where: { id: stream } })).toBe(0);
    await logs.close();
  });

  test('a large append is stored in chunks of at most 500 lines', async () => {
    const logs = postgresLogs(database.db, { events: memoryEvents(), log });
    const stream = buildLogOf(randomUUID());
    expect(await logs.append(stream, organizationId, lines(1_201))).toBe(1_201n);
    const chunks = await database.db.logChunk.findMany({
      where: { streamId: stream },
      orderBy: { firstSequence: 'asc' },
    });
    expect(chunks.map((chunk) => [chunk.firstSequence, chunk.lastSequence])).toEqual([
      [1n, 500n],
      [501n, 1_000n],
      [1_001n, 1_201n],
    ]);
    await logs.close();
  });
});

/** A row of an instance, without the rows that it belongs to. */
async function anInstance(db: TestDatabase['db']): Promise<string> {
  const id = randomUUID();
  const ids = { organizationId: id, environmentId: id, processId: id, deploymentId: id, serverId: id };
  await db.$transaction(async (tx) => {
    await tx.$executeRaw`SET LOCAL session_replication_role = replica`;
    await tx.instance.create({ data: { id, ...ids } });
  });
  return id;
}

/** Says nothing to anybody. */
function deafEvents(): Events {
  return { ...memoryEvents(), publish: () => undefined };
}

/** Tells each time chunks are read. */
function countRanges({ db }: TestDatabase, onRange: () => void): TestDatabase['db'] {
  return db.$extends({
    query: {
      $queryRaw({ args, query }) {
        if (args.sql.startsWith('SELECT "firstSequence"') || args.sql.includes('"firstSequence" AS "first", "lines"'))
          onRange();
        return query(args);
      },
    },
  }) as unknown as TestDatabase['db'];
}

function lines(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    at: new Date(),
    source: 'BUILD' as const,
    message: `message ${index}`,
    deploymentId: deploymentId,
  }));
}
