import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { testDatabase, type TestDatabase } from '@apployd/prisma/test-database';
import { forgetExpired } from './forget-expired.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

test('rows that say nothing any more are deleted, however many, and no others', async () => {
  const { db } = database;
  const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000);
  const dayMinutes = 24 * 60;
  await db.rateLimit.createMany({
    data: [
      { key: 'filling', fullAt: inMinutes(5) },
      ...Array.from({ length: 5_500 }, (_, i) => ({ key: `full ${i}`, fullAt: inMinutes(-1) })),
    ],
  });
  const owner = { organizationId: newId(), principalId: newId(), mutation: 'projectCreate', inputHash: 'x' };
  await db.idempotencyKey.createMany({
    data: [
      { ...owner, key: 'of today', createdAt: inMinutes(1 - dayMinutes) },
      { ...owner, key: 'of yesterday', createdAt: inMinutes(-1 - dayMinutes) },
    ],
  });
  await forgetExpired({ db });
  expect((await db.rateLimit.findMany()).map(({ key }) => key)).toEqual(['filling']);
  expect((await db.idempotencyKey.findMany()).map(({ key }) => key)).toEqual(['of today']);
});
