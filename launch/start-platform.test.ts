import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { testDatabase, type TestDatabase } from '@apployd/prisma/test-database';
import { commandOf, type Room } from './rooms.js';
import { startPlatform, type Platform, type PlatformOptions } from './start-platform.js';

let folder: string;
let database: TestDatabase;
let lines: string[];
const started: Platform[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'launch-test-'));
  database = await testDatabase();
  lines = [];
});

afterEach(async () => {
  for (const platform of started.splice(0)) await platform.stop();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

/** A program that does what `onStart` says, and says `bye` when it ends. */
async function aRoom(name: string, endStage = 1, onStart = ready): Promise<Room> {
  const program = path.join(folder, `${name}.mjs`);
  await writeFile(
    program,
    `process.on('SIGTERM', () => { console.log('bye'); process.exit(0); });\n${onStart}\n${stay}`,
  );
  return { name, program, endStage };
}

const ready = `console.log('pid ' + process.pid); process.send({ type: 'ready', url: 'http://127.0.0.1:1' });`;
const stay = `process.on('disconnect', () => process.exit(0)); setInterval(() => {}, 1000);`;

async function start(rooms: readonly Room[], options: PlatformOptions = {}): Promise<Platform> {
  const env = { DATABASE_URL: database.url, APPLOYD_DATA: folder, SERVER_PORT: '0', EDGE_PORT: '0', ...options.env };
  const onOutput = (name: string, line: string) => void lines.push(`${name} ${line}`);
  const platform = await startPlatform({ rooms, onOutput, graceMs: 5_000, ...options, env });
  started.push(platform);
  return platform;
}

const pidsOf = (name: string) =>
  lines.filter((line) => line.startsWith(`${name} pid `)).map((line) => Number(line.split(' ')[2]));

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('rooms end stage by stage', async () => {
  const platform = await start([await aRoom('edge', 2), await aRoom('server', 1), await aRoom('engine', 1)]);
  await platform.stop();
  const byes = lines.filter((line) => line.endsWith('bye'));
  expect(byes).toHaveLength(3);
  expect(byes.at(-1)).toBe('edge bye');
});

test('a room that crashes is started again and said so', async () => {
  await start([await aRoom('server')]);
  await vi.waitFor(() => expect(pidsOf('server')).toHaveLength(1));
  process.kill(pidsOf('server')[0]!, 'SIGKILL');
  await vi.waitFor(() => expect(pidsOf('server')).toHaveLength(2), { timeout: 10_000 });
  expect(lines.join('\n')).toContain('server ended unexpectedly (SIGKILL); starting again');
});

test('a room that cannot start ends the start with its last words, and the others with it', async () => {
  const broken = await aRoom('server', 1, `console.error('no luck'); process.exit(1);`);
  await expect(start([await aRoom('edge', 2), broken])).rejects.toThrow('server did not start (exit code 1): no luck');
  expect(pidsOf('edge').filter(isAlive)).toEqual([]);
});

test('a room that will not end is killed after the grace', async () => {
  const deaf = await aRoom(
    'server',
    1,
    `process.removeAllListeners('SIGTERM'); process.on('SIGTERM', () => {}); ${ready}`,
  );
  const platform = await start([deaf], { graceMs: 100 });
  await vi.waitFor(() => expect(pidsOf('server')).toHaveLength(1));
  await platform.stop();
  expect(isAlive(pidsOf('server')[0]!)).toBe(false);
});

test('an abort during the start leaves nothing running', async () => {
  const ending = new AbortController();
  const slow = await aRoom('server', 1, `console.log('pid ' + process.pid);`);
  const starting = start([slow], { signal: ending.signal });
  await vi.waitFor(() => expect(pidsOf('server')).toHaveLength(1), { timeout: 10_000 });
  ending.abort(new Error('enough'));
  await expect(starting).rejects.toThrow('enough');
  expect(isAlive(pidsOf('server')[0]!)).toBe(false);
});

test('two platforms do not share a data folder, and the second says who has it', async () => {
  const platform = await start([]);
  await expect(start([])).rejects.toThrow(`Another platform (pid ${process.pid}) runs on ${folder}`);
  await platform.stop();
  await start([]);
});

test('the lock of a killed launcher is taken over', async () => {
  await writeFile(path.join(folder, 'launcher.pid'), '999999999 1');
  await start([]);
});

test('a taken port is one clear sentence', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await expect(start([], { env: { EDGE_PORT: String(port) } })).rejects.toThrow(
    `Port ${port} of 127.0.0.1 is taken: end what listens there, or set EDGE_PORT.`,
  );
  server.close();
});

test('a room that does not take its configuration says all that is wrong with it', async () => {
  const engine = { name: 'engine', program: 'engine/dist/main.js', endStage: 1 };
  const env = { ENGINE_RUNTIME: 'foo', ENGINE_CONCURRENCY: 'many' };
  await expect(start([engine], { env, fromSource: true })).rejects.toThrow(
    /^engine did not start \(exit code 1\): engine: The configuration is not right: .*ENGINE_RUNTIME is not right: .*"docker".*; ENGINE_CONCURRENCY is to be a number\.$/,
  );
}, 60_000);

test('a port that is none is one clear sentence', async () => {
  await expect(start([], { env: { SERVER_PORT: 'abc' } })).rejects.toThrow(
    'SERVER_PORT is to be the number of a port, 0 to 65535.',
  );
});

test('two rooms on one port are one clear sentence', async () => {
  await expect(start([], { env: { SERVER_PORT: '4999', EDGE_PORT: '4999' } })).rejects.toThrow(
    'SERVER_PORT and EDGE_PORT are both 4999: change one.',
  );
});

test('a database that is not there is named, without its password', async () => {
  const env = { DATABASE_URL: 'postgresql://me:hunter2@127.0.0.1:1/shop' };
  const failure = await start([], { env }).catch((error: Error) => error.message);
  expect(failure).toMatch(/^The database shop at 127\.0\.0\.1:1 cannot be reached \(.*ECONNREFUSED.*\)/);
  expect(failure).not.toContain('hunter2');
});

test('a data folder that is a file is one clear sentence', async () => {
  const file = path.join(folder, 'file');
  await writeFile(file, '');
  await expect(start([], { env: { APPLOYD_DATA: file } })).rejects.toThrow(`${file} is a file, not a folder`);
});

test('a data folder that cannot be made is one clear sentence', async () => {
  const file = path.join(folder, 'file');
  await writeFile(file, '');
  await expect(start([], { env: { APPLOYD_DATA: path.join(file, 'data') } })).rejects.toThrow(
    'cannot be written (ENOTDIR)',
  );
});

test('the secret is made once, kept private and given to every room', async () => {
  const teller = await aRoom('server', 1, `console.log('secret ' + process.env.APPLOYD_SECRET); ${ready}`);
  for (let i = 0; i < 2; i++) await (await start([teller])).stop();
  const secret = await readFile(path.join(folder, 'secret'), 'utf8');
  expect(lines.filter((line) => line.startsWith('server secret '))).toEqual([
    `server secret ${secret}`,
    `server secret ${secret}`,
  ]);
  expect((await stat(path.join(folder, 'secret'))).mode & 0o777).toBe(0o600);
});

test('what embedded PostgreSQL holds is kept over a restart', async () => {
  const env = { DATABASE_URL: '', APPLOYD_POSTGRES_PORT: '0' };
  const first = await start([], { env });
  await query(first.urls.database, 'CREATE TABLE kept AS SELECT 42 AS answer');
  await first.stop();
  const second = await start([], { env });
  expect(await query(second.urls.database, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
}, 60_000);

test('a launcher that is killed leaves no room behind, and the next one finds its PostgreSQL', async () => {
  const script = path.join(import.meta.dirname, 'testing', 'launch-fixture.ts');
  const room = await aRoom('server');
  const env = { ...process.env, DATABASE_URL: '', APPLOYD_POSTGRES_PORT: '0', APPLOYD_DATA: folder };
  const command = commandOf({ name: 'fixture', program: script, endStage: 1 }, true);
  const launcher = spawn(process.execPath, [...command, room.program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  launcher.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await vi.waitFor(() => expect(output).toContain('ready'), { timeout: 60_000 });
  launcher.kill('SIGKILL');
  const pid = Number(/pid (\d+)/.exec(output)?.[1]);
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 10_000 });

  const postmaster = await readFile(path.join(folder, 'postgres', 'data', 'postmaster.pid'), 'utf8');
  const platform = await start([], { env: { DATABASE_URL: '', APPLOYD_POSTGRES_PORT: '0' } });
  expect(await readFile(path.join(folder, 'postgres', 'data', 'postmaster.pid'), 'utf8')).toBe(postmaster);
  await platform.stop();
  expect(isAlive(Number(postmaster.split('\n')[0]))).toBe(false);
}, 120_000);

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
