import { expect, test } from 'vitest';
import { statementNames } from './statement-names.js';
import { testDatabase } from './test-database.js';

test('a statement has the same name each time, another has another', () => {
  const nameOf = statementNames();
  expect(nameOf({ sql: 'SELECT 1' })).toBe(nameOf({ sql: 'SELECT 1' }));
  expect(nameOf({ sql: 'SELECT 2' })).not.toBe(nameOf({ sql: 'SELECT 1' }));
});

test('there are never more than 500 names', () => {
  const nameOf = statementNames();
  const names = Array.from({ length: 2_000 }, (_, i) => nameOf({ sql: `SELECT ${i}` }));
  expect(new Set(names).size).toBe(501);
  expect(names.at(-1)).toBe('');
  expect(nameOf({ sql: 'SELECT 3' })).toBe(names[3]);
});

test('the database keeps what is prepared, for the same statement once a connection', async () => {
  const { db, close } = await testDatabase();
  await db.$transaction(async (tx) => {
    for (let i = 0; i < 3; i += 1) await tx.plan.count();
    const rows = await tx.$queryRaw<{ count: bigint }[]>`
      SELECT count(*) FROM pg_prepared_statements
      WHERE statement LIKE '%COUNT(%"Plan"%' AND statement NOT LIKE '%pg_prepared_statements%'`;
    expect(rows[0]?.count).toBe(1n);
  });
  await close();
});
