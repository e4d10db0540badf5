import { readDatabaseUrl } from './config.js';
import { migrate } from './migrate.js';

/** Brings the database at DATABASE_URL up to date, and ends: to be run before the processes of a new version start. */
async function main(): Promise<void> {
  const applied = await migrate({ url: readDatabaseUrl() });
  for (const name of applied) console.log(`migrate: applied ${name}`);
  if (applied.length === 0) console.log('migrate: the database is up to date');
}

await main().catch((error: Error) => {
  console.error(`migrate: ${error.message}`);
  process.exitCode = 1;
});
