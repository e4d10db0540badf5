import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDb } from './create-db.js';
import { isDatabaseAway } from './is-database-away.js';
import { testDatabase, type TestDatabase } from './test-database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );

test('a connection that is refused, or is ended while it is used, is told from what is wrong with a statement', async () => {
  const { db, url } = database;
  const nowhere = createDb({ url: url.replace(/:\d+\//, ':1/') });
  expect(isDatabaseAway(await errorOf(nowhere.user.count()))).toBe(true);
  await nowhere.$disconnect();
  expect(isDatabaseAway(await errorOf(db.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`))).toBe(true);
  expect(isDatabaseAway(await errorOf(db.$queryRaw`SELECT nonsense`))).toBe(false);
  expect(isDatabaseAway(new Error('ECONNREFUSED'))).toBe(false);
});
