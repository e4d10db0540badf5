import { access } from 'node:fs/promises';
import path from 'node:path';
import { explain } from '@apployd/backplane/process/explain';
import { readConfig, readEnvironment } from './config.js';
import { foreseeDataFolder } from './data-folder.js';
import { ensureSecret } from './secret-file.js';
import { openDatabase, runServerCommand } from './server-command.js';

/** `npm run rotate-secrets`: the rotation with the secret and the database that `npm start` has here. */
async function main(): Promise<number> {
  const env = readEnvironment();
  const config = readConfig(env);
  const dataFolder = await foreseeDataFolder({
    requested: config.APPLOYD_DATA,
    workingFolder: process.cwd(),
    embedsPostgres: config.DATABASE_URL === undefined,
  });
  const secret = config.APPLOYD_SECRET ?? (await secretIn(dataFolder));
  const database = await openDatabase(config, dataFolder);
  try {
    const told = { ...env, DATABASE_URL: database.url, APPLOYD_SECRET: secret };
    return await runServerCommand('server/dist/secret/main.js', told);
  } finally {
    await database.close();
  }
}

async function secretIn(folder: string): Promise<string> {
  await access(path.join(folder, 'secret')).catch(() => {
    throw new Error(`There is no secret in ${folder}: set APPLOYD_SECRET, or APPLOYD_DATA to the platform's folder.`);
  });
  return ensureSecret(folder);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`rotate-secrets: ${explain(error)}\n`);
    process.exit(1);
  },
);
