import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDb, type Db } from './create-db.js';
import { testDatabase } from './test-database.js';

let database: Awaited<ReturnType<typeof testDatabase>>;
let db: Db;
beforeAll(async () => {
  database = await testDatabase();
  db = createDb({ url: database.url, connections: 1, statementTimeoutMs: 100 });
});
afterAll(async () => {
  await db.$disconnect();
  await database.close();
});

test('a statement ends by itself when it takes too long, and the connection goes on', async () => {
  await expect(db.$queryRaw`SELECT pg_sleep(60)`).rejects.toThrow(/57014|statement timeout/);
  expect(await db.$queryRaw`SELECT 1 AS "one"`).toEqual([{ one: 1 }]);
});
