import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '@apployd/prisma/test-database';
import { registerServer } from './register-server.js';

const run = promisify(execFile);
const program = path.join(import.meta.dirname, 'is-alive.ts');
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

/** The exit code for the engine of this name. */
async function ask(name: string): Promise<number> {
  const env = {
    ...{ PATH: process.env.PATH, DATABASE_URL: database.url },
    ...{ APPLOYD_SECRET: randomBytes(32).toString('hex'), ENGINE_SERVER_NAME: name },
  };
  const args = ['--conditions=source', '--import', 'tsx', program];
  return run(process.execPath, args, { env, timeout: 25_000 }).then(
    () => 0,
    ({ code }: { code: number }) => code,
  );
}

test('an engine that has written its heartbeat lately is alive', async () => {
  await registerServer(database.db, { name: 'beating', runtime: 'docker' }, new Date());
  expect(await ask('beating')).toBe(0);
});

test('one that was silent for half a minute, or never spoke, is not', async () => {
  await registerServer(database.db, { name: 'silent', runtime: 'docker' }, new Date(Date.now() - 30_000));
  expect(await Promise.all([ask('silent'), ask('never')])).toEqual([1, 1]);
});
