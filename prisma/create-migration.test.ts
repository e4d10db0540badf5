import { expect, test } from 'vitest';
import { readTestDatabaseUrl } from './config.js';
import { createMigration, missingMigration } from './create-migration.js';

test('the migrations lead to schema.prisma', async () => {
  expect(await missingMigration(readTestDatabaseUrl())).toBeNull();
}, 60_000);

test('a name that would not make a good folder is refused', async () => {
  await expect(createMigration('../Oops', readTestDatabaseUrl())).rejects.toThrow('small letters');
});
