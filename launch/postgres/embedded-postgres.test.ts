import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { once } from 'node:events';
import pg from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { endEmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';
import { freePort } from '@apployd/backplane/testing/free-port';
import { keepPostgres } from './keep-postgres.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'postgres-test-'));
});

afterEach(async () => {
  await endEmbeddedPostgres(folder);
  await rm(folder, { recursive: true, force: true });
});

const start = (port?: number) => startEmbeddedPostgres({ folder, port, durable: false });

async function answer(url: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 20_000 });
  await client.connect();
  try {
    return (await client.query<{ answer: number }>('SELECT 42 AS answer')).rows[0]?.answer;
  } finally {
    await client.end();
  }
}

const postmasterPid = async () =>
  Number((await readFile(path.join(folder, 'data', 'postmaster.pid'), 'utf8')).split('\n')[0]);

test('starting twice on one folder gives the one that runs, and ending what is gone is no error', async () => {
  const one = await start();
  const other = await start();
  expect([one.adopted, other.adopted, other.url]).toEqual([false, true, one.url]);
  await one.stop();
  await other.stop();
  expect(one.isRunning()).toBe(false);
});

test('a taken port is replaced by a free one', async () => {
  const port = await freePort();
  const taker = createServer().listen(port, '127.0.0.1');
  await once(taker, 'listening');
  const postgres = await start(port);
  expect(postgres.port).not.toBe(port);
  expect(await answer(postgres.url)).toBe(42);
  taker.close();
});

test('only the password kept in the folder, which is private, lets in', async () => {
  const postgres = await start();
  expect((await stat(path.join(folder, 'password'))).mode & 0o777).toBe(0o600);
  await expect(answer(postgres.url.replace(/:[^:@]+@/, ':wrong@'))).rejects.toThrow('password authentication failed');
});

test('one that is killed is started again at the same address', async () => {
  const lines: string[] = [];
  const postgres = await keepPostgres({ folder, durable: false }, (line) => lines.push(line));
  const killed = await postmasterPid();
  process.kill(killed, 'SIGKILL');
  await vi.waitFor(async () => expect(await postmasterPid()).not.toBe(killed), { timeout: 20_000 });
  await vi.waitFor(async () => expect(await answer(postgres.url)).toBe(42), { timeout: 20_000 });
  expect(lines[0]).toBe('ended unexpectedly; starting again');
  await postgres.stop();
});
