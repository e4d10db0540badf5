import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSql } from './open-sql.js';
import { testDatabase, type TestDatabase } from './test-database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

test('values are handed over apart from the text', async () => {
  const sql = openSql({ url: database.url, name: 'test' });
  expect(await sql.query('SELECT $1::text AS "text", $2::int8 AS "big"', ["'; --", 2n ** 60n])).toEqual([
    { text: "'; --", big: String(2n ** 60n) },
  ]);
  await sql.close();
});

test('a statement that takes too long is ended', async () => {
  const sql = openSql({ url: database.url, name: 'test', timeoutMs: 100 });
  await expect(sql.query('SELECT pg_sleep(20)')).rejects.toThrow(/timeout/);
  await sql.close();
});

test('a cut connection is replaced', async () => {
  const sql = openSql({ url: database.url, name: 'cut', connections: 1 });
  await sql.query('SELECT 1');
  await database.db.$queryRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cut'`;
  const answers = await Promise.allSettled([sql.query('SELECT 1'), sql.query('SELECT 1')]);
  expect(answers.at(-1)).toMatchObject({ status: 'fulfilled' });
  await sql.close();
});
