import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { readTestDatabaseUrl } from './config.js';
import { migrationsFolder, readMigrations } from './migrations-folder.js';
import { scratchDatabase } from './scratch-database.js';

const run = promisify(execFile);
const program = path.join(import.meta.dirname, 'main.ts');

const migrate = (DATABASE_URL: string) =>
  run(process.execPath, ['--conditions=source', '--import', 'tsx', program], {
    env: { ...process.env, DATABASE_URL },
    timeout: 25_000,
  });

test('it says which migrations it has applied, and the second time that there is nothing to do', async () => {
  const { url, drop } = await scratchDatabase(readTestDatabaseUrl());
  try {
    const names = (await readMigrations(migrationsFolder())).map(({ name }) => name);
    const first = await migrate(url);
    expect(first.stdout).toBe(names.map((name) => `migrate: applied ${name}\n`).join(''));
    expect((await migrate(url)).stdout).toBe('migrate: the database is up to date\n');
  } finally {
    await drop();
  }
});

test.each([
  ['', 'Set DATABASE_URL'],
  ['postgresql://nobody@127.0.0.1:1/nothing', 'cannot be reached'],
])('with DATABASE_URL=%s it fails with a sentence that says what to do', async (url, says) => {
  await expect(migrate(url)).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(says) as unknown });
});
