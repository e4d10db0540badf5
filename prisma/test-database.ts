import { createHash } from 'node:crypto';
import type pg from 'pg';
import { readTestDatabaseUrl } from './config.js';
import { createDb, type Db } from './create-db.js';
import { migrate } from './migrate.js';
import { migrationsFolder, readMigrations } from './migrations-folder.js';
import { asAdmin, scratchDatabase, withDatabase } from './scratch-database.js';

export interface TestDatabase {
  readonly url: string;
  readonly db: Db;
  /** Drops the database, whoever is still connected. */
  close(): Promise<void>;
}

/** A fresh migrated database of its own, for one test file. */
export async function testDatabase(server = readTestDatabaseUrl()): Promise<TestDatabase> {
  const template = await ensureTemplate(server);
  const { url, drop } = await scratchDatabase(server, template);
  const db = createDb({ url, connections: 5 });
  return {
    url,
    db,
    close: async () => {
      await db.$disconnect();
      await drop();
    },
  };
}

/** Any number chosen once: test workers that need the template wait here for the one that makes it. */
const templateLock = 72_707_370;

/** Named after its migrations, so that changed ones get another template. */
async function ensureTemplate(server: string): Promise<string> {
  const template = `template_${await fingerprint()}`;
  await asAdmin(server, async (client) => {
    if (await exists(client, template)) return;
    await client.query('SELECT pg_advisory_lock($1)', [templateLock]);
    if (!(await exists(client, template))) await makeTemplate(server, client, template);
  });
  return template;
}

/** Renamed into place when complete: a killed test run leaves no half template. */
async function makeTemplate(server: string, client: pg.Client, template: string): Promise<void> {
  const partial = `${template}_partial`;
  await client.query(`DROP DATABASE IF EXISTS "${partial}" WITH (FORCE)`);
  await client.query(`CREATE DATABASE "${partial}" TEMPLATE template0`);
  await migrate({ url: withDatabase(server, partial) });
  await client.query(`ALTER DATABASE "${partial}" WITH ALLOW_CONNECTIONS false`);
  await client.query(`ALTER DATABASE "${partial}" RENAME TO "${template}"`);
}

async function exists(client: pg.Client, name: string): Promise<boolean> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
  return rowCount === 1;
}

async function fingerprint(): Promise<string> {
  const migrations = await readMigrations(migrationsFolder());
  return createHash('sha256').update(JSON.stringify(migrations)).digest('hex').slice(0, 16);
}
