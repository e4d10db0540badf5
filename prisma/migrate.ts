import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';
import { migrationsFolder, readMigrations, type Migration } from './migrations-folder.js';

export interface MigrateOptions {
  readonly url: string;
  /** Where the migrations lie; those of this package when absent. */
  readonly folder?: string;
  /** How long to wait for another process that migrates, and for any one statement. */
  readonly lockTimeoutMs?: number;
  readonly statementTimeoutMs?: number;
}

/** Why a database cannot be migrated; the sentence says what to do. */
class MigrationRefused extends Error {}

/**
 * Brings the database up to the migrations of the folder and returns the names of those it applied. Keeps Prisma's own
 * table. Each migration is one transaction; processes that migrate at the same time wait for each other.
 */
export async function migrate(options: MigrateOptions): Promise<readonly string[]> {
  const migrations = await readMigrations(options.folder ?? migrationsFolder());
  return withLock(options, async (client) => {
    await client.query(createTable);
    const pending = await findPending(client, migrations);
    for (const migration of pending) await apply(client, migration);
    return pending.map(({ name }) => name);
  });
}

/** The lock that Prisma's own CLI takes. */
const lockKey = 72_707_369;
const lockNotAvailable = '55P03';

const createTable = `
  CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id" VARCHAR(36) PRIMARY KEY NOT NULL,
    "checksum" VARCHAR(64) NOT NULL,
    "finished_at" TIMESTAMPTZ,
    "migration_name" VARCHAR(255) NOT NULL,
    "logs" TEXT,
    "rolled_back_at" TIMESTAMPTZ,
    "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
    "applied_steps_count" INTEGER NOT NULL DEFAULT 0
  )`;

/** The session's lock goes with its connection, so one connection does everything and nobody may pool it. */
async function withLock<T>(options: MigrateOptions, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const { url, lockTimeoutMs = 60_000, statementTimeoutMs = 600_000 } = options;
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, application_name: 'migrate' });
  const lost = new Promise<never>((_, reject) => client.on('error', reject));
  lost.catch(() => undefined);
  await client.connect().catch((error: unknown) => Promise.reject(unreachable(url, error)));
  try {
    await client.query(`SET lock_timeout = ${lockTimeoutMs}; SET statement_timeout = ${statementTimeoutMs}`);
    await lock(client);
    return await Promise.race([work(client), lost]);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function unreachable(url: string, cause: unknown): Error {
  const { code, message } = cause as NodeJS.ErrnoException;
  const { hostname, port, pathname } = new URL(url);
  const where = `${pathname.slice(1) || 'postgres'} at ${hostname || 'localhost'}:${port || 5432}`;
  const why = message || code || 'no reason given';
  return new Error(`The database ${where} cannot be reached (${why}): start it or change DATABASE_URL.`, { cause });
}

async function lock(client: pg.Client): Promise<void> {
  try {
    await client.query('SELECT pg_advisory_lock($1)', [lockKey]);
  } catch (error) {
    if ((error as pg.DatabaseError).code !== lockNotAvailable) throw error;
    throw new MigrationRefused(
      'Another process has been migrating this database for too long: end it and start again.',
    );
  }
}

interface AppliedRow {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: Date | null;
}

async function findPending(client: pg.Client, migrations: readonly Migration[]): Promise<readonly Migration[]> {
  const { rows } = await client.query<AppliedRow>(
    'SELECT migration_name, checksum, finished_at FROM "_prisma_migrations" WHERE rolled_back_at IS NULL ORDER BY migration_name',
  );
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const row of rows) requireSame(row, known.get(row.migration_name));
  const applied = new Set(rows.map((row) => row.migration_name));
  return migrations.filter(({ name }) => !applied.has(name));
}

function requireSame(row: AppliedRow, migration: Migration | undefined): void {
  const name = row.migration_name;
  if (!migration) {
    throw new MigrationRefused(`The database has migration ${name}, which is not here: it belongs to a newer version.`);
  }
  if (!row.finished_at) {
    throw new MigrationRefused(
      `Migration ${name} was begun by another tool and not finished: repair the database first.`,
    );
  }
  if (row.checksum !== checksum(migration.sql)) {
    throw new MigrationRefused(
      `Migration ${name} was changed after it was applied: restore its text and add another one.`,
    );
  }
}

async function apply(client: pg.Client, { name, sql }: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query(
      `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), checksum(sql), name],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw new Error(`Migration ${name} failed and left nothing: ${(error as Error).message}`, { cause: error });
  }
}

const checksum = (sql: string) => createHash('sha256').update(sql).digest('hex');
