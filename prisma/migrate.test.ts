import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readTestDatabaseUrl } from './config.js';
import { migrate } from './migrate.js';
import { scratchDatabase, type ScratchDatabase } from './scratch-database.js';

let database: ScratchDatabase;
let folder: string;

beforeEach(async () => {
  database = await scratchDatabase(readTestDatabaseUrl());
  folder = await mkdtemp(path.join(os.tmpdir(), 'migrations-'));
  await write('1_first', 'CREATE TABLE app (id int PRIMARY KEY); INSERT INTO app VALUES (1);');
});

afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

const run = () => migrate({ url: database.url, folder });

async function write(name: string, sql: string): Promise<void> {
  await mkdir(path.join(folder, name), { recursive: true });
  await writeFile(path.join(folder, name, 'migration.sql'), sql);
}

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

test('migrations are applied in order, once', async () => {
  await write('2_second', 'ALTER TABLE app ADD COLUMN name text;');
  expect(await run()).toEqual(['1_first', '2_second']);
  expect(await run()).toEqual([]);
});

test('processes that migrate at the same time apply every migration once', async () => {
  const runs = await Promise.all([run(), run(), run(), run()]);
  expect(runs.flat()).toEqual(['1_first']);
  expect(await query('SELECT id FROM app')).toEqual([{ id: 1 }]);
});

test('a failing migration leaves nothing, and runs again once it is mended', async () => {
  await write('2_second', 'CREATE TABLE half (id int); SELECT 1 / 0;');
  await expect(run()).rejects.toThrow('Migration 2_second failed and left nothing: division by zero');
  expect(await query(`SELECT to_regclass('half') AS half`)).toEqual([{ half: null }]);
  expect(await query('SELECT migration_name FROM _prisma_migrations')).toEqual([{ migration_name: '1_first' }]);
  await write('2_second', 'CREATE TABLE half (id int);');
  expect(await run()).toEqual(['2_second']);
});

test('a migration that was changed after it was applied is refused', async () => {
  await run();
  await write('1_first', 'CREATE TABLE other (id int);');
  await expect(run()).rejects.toThrow('Migration 1_first was changed after it was applied');
});

test('a database of a newer version is refused', async () => {
  await write('2_second', 'CREATE TABLE newer (id int);');
  await run();
  await rm(path.join(folder, '2_second'), { recursive: true });
  await expect(run()).rejects.toThrow('belongs to a newer version');
});

test('a migration that another tool left unfinished is refused', async () => {
  await run();
  await query('UPDATE _prisma_migrations SET finished_at = NULL');
  await expect(run()).rejects.toThrow('1_first was begun by another tool and not finished');
});

test('waiting for another process that migrates has an end', async () => {
  const holder = new pg.Client({ connectionString: database.url });
  await holder.connect();
  await holder.query('SELECT pg_advisory_lock(72707369)');
  await expect(migrate({ url: database.url, folder, lockTimeoutMs: 50 })).rejects.toThrow('Another process');
  await holder.end();
});
