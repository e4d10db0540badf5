import { randomUUID } from 'node:crypto';
import { testDatabase, type TestDatabase } from '@apployd/prisma/test-database';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLogger } from '../log/logger.js';
import { testRedis, withoutRedis } from '../testing/test-redis.js';
import { until } from '../testing/until.js';
import { anyId, type Events } from './events.js';
import { eventsConformance } from './events.conformance.js';
import { memoryEvents } from './memory.js';
import { postgresEvents } from './postgres.js';
import { redisEvents } from './redis.js';

const log = silentLogger;
const withRedis = describe.skipIf(withoutRedis(process.env));

eventsConformance('memory', async () => {
  const events = memoryEvents();
  const shared: Events = { ...events, close: async () => undefined };
  let opened = 0;
  // The suite's two processes share one memory; a third stands alone.
  return { connect: () => ((opened += 1) <= 2 ? shared : memoryEvents()), close: () => events.close() };
});

eventsConformance('PostgreSQL', async () => {
  const database = await testDatabase();
  return { connect: () => postgresEvents({ databaseUrl: database.url, log }), close: () => database.close() };
});

withRedis('with Redis', () => {
  eventsConformance('Redis', async () => {
    const redis = await testRedis();
    return { connect: () => redisEvents({ redisUrl: redis.url, log }), close: () => redis.close() };
  });

  test('after Redis was away every listener is told to look, and hears again', async () => {
    const redis = await testRedis();
    const events = redisEvents({ redisUrl: redis.url, log });
    const id = randomUUID();
    const { heard, all, stop } = await hearBoth(events, id);
    await redis.close();
    events.publish('deployment', id); // lost, and nothing is thrown
    const again = await testRedis(redis.port);
    await until(() => heard.length > 0 && all.includes(anyId));
    await untilHeardAgain(events, heard);
    stop.abort();
    await events.close();
    await again.close();
  });

  test('listening while Redis cannot be reached does not fail, and a hint comes when it is back', async () => {
    const gone = await testRedis();
    await gone.close();
    const events = redisEvents({ redisUrl: gone.url, log });
    const id = randomUUID();
    const listening = hearBoth(events, id);
    const { heard, stop } = await listening;
    const back = await testRedis(gone.port);
    await until(() => heard.length > 0);
    stop.abort();
    await events.close();
    await back.close();
  });
});

describe('when the database drops the connection', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.close());

  test('every listener is told to look, and hears again', async () => {
    const events = postgresEvents({ databaseUrl: database.url, log });
    const id = randomUUID();
    const { heard, all, stop } = await hearBoth(events, id);
    await database.db.$executeRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'apployd events' AND datname = current_database()`;
    await until(() => heard.length > 0 && all.includes(anyId));
    await untilHeardAgain(events, heard);
    stop.abort();
    await events.close();
  });

  test('a database that cannot be reached neither throws nor crashes', async () => {
    const events = postgresEvents({ databaseUrl: 'postgresql://nobody@127.0.0.1:1/none', log });
    events.publish('deployment', randomUUID());
    const stop = new AbortController();
    await events.listen('deployment', null, stop.signal);
    stop.abort();
    await events.close();
    expect(stop.signal.aborted).toBe(true);
  });
});

async function hearBoth(events: Events, id: string) {
  const stop = new AbortController();
  const heard: string[] = [];
  const all: string[] = [];
  const [own, every] = await Promise.all([
    events.listen('deployment', id, stop.signal),
    events.listen('deployment', null, stop.signal),
  ]);
  void (async () => {
    for await (const hint of own) heard.push(hint);
  })();
  void (async () => {
    for await (const hint of every) all.push(hint);
  })();
  return { heard, all, stop };
}

async function untilHeardAgain(events: Events, heard: string[]): Promise<void> {
  const [id] = heard;
  const before = heard.length;
  await until(() => {
    events.publish('deployment', id!);
    return heard.length > before;
  });
}
