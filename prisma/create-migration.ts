import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { prismaCli, repositoryRoot } from './cli.js';
import { migrate } from './migrate.js';
import { migrationsFolder } from './migrations-folder.js';
import { scratchDatabase } from './scratch-database.js';

/**
 * Writes the migration that leads from the migrations so far to `schema.prisma`, and returns its file; null when there
 * is nothing to do. `server` is a PostgreSQL in which a database may be made.
 */
export async function createMigration(name: string, server: string): Promise<string | null> {
  if (!/^[a-z][a-z0-9_]*$/.test(name))
    throw new Error('A migration is named in small letters, digits and underscores.');
  const sql = await missingMigration(server);
  if (!sql) return null;
  const timestamp = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const folder = path.join(migrationsFolder(), `${timestamp}_${name}`);
  await mkdir(folder);
  const file = path.join(folder, 'migration.sql');
  await writeFile(file, sql);
  return path.relative(repositoryRoot, file);
}

/** The SQL that is missing between the migrations and `schema.prisma`; null when they agree. */
export async function missingMigration(server: string): Promise<string | null> {
  const { url, drop } = await scratchDatabase(server);
  try {
    await migrate({ url });
    const sides = ['--from-config-datasource', '--to-schema', 'prisma/schema.prisma'];
    const sql = await prismaCli(['migrate', 'diff', ...sides, '--script'], { DATABASE_URL: url });
    return sql.trim() === '-- This is an empty migration.' ? null : sql;
  } finally {
    await drop();
  }
}
