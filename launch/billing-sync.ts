import { explain } from '@apployd/backplane/process/explain';
import { readConfig, readEnvironment } from './config.js';
import { foreseeDataFolder } from './data-folder.js';
import { openDatabase, runServerCommand } from './server-command.js';

/** `npm run billing:sync`: has Stripe sell the plans of the platform that `npm start` has here. */
async function main(): Promise<number> {
  const env = readEnvironment();
  const config = readConfig(env);
  const dataFolder = await foreseeDataFolder({
    requested: config.APPLOYD_DATA,
    workingFolder: process.cwd(),
    embedsPostgres: config.DATABASE_URL === undefined,
  });
  const database = await openDatabase(config, dataFolder);
  try {
    return await runServerCommand('server/dist/billing/sync/main.js', { ...env, DATABASE_URL: database.url });
  } finally {
    await database.close();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`billing:sync: ${explain(error)}\n`);
    process.exit(1);
  },
);
