import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { explain } from '@apployd/backplane/process/explain';
import { readConfig, readEnvironment, type LaunchConfig } from './config.js';
import { foreseeDataFolder } from './data-folder.js';
import { lockFolder } from './folder-lock.js';
import { postgresFolder, startEmbeddedPostgres } from './postgres/embedded-postgres.js';
import { repositoryRoot } from './rooms.js';
import { ensureSecret } from './secret-file.js';

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
    return await run({ ...env, DATABASE_URL: database.url, APPLOYD_SECRET: secret });
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

/** The embedded PostgreSQL of a platform that runs is used and left running; of one that does not, started for this. */
async function openDatabase(config: LaunchConfig, dataFolder: string) {
  if (config.DATABASE_URL) return { url: config.DATABASE_URL, close: async () => undefined };
  const folder = postgresFolder(dataFolder);
  await access(folder).catch(() => {
    throw new Error(
      `There is no database in ${dataFolder}: set DATABASE_URL, or APPLOYD_DATA to the platform's folder.`,
    );
  });
  const lock = await lockFolder(dataFolder).catch(() => null); // a platform that runs has it
  const postgres = await startEmbeddedPostgres({ folder });
  const close = async () => {
    if (!postgres.adopted) await postgres.stop();
    await lock?.release();
  };
  return { url: postgres.url, close };
}

async function run(env: Readonly<Record<string, string | undefined>>): Promise<number> {
  const program = path.join(repositoryRoot(), 'server/dist/secret/main.js');
  const child = spawn(process.execPath, [program, ...process.argv.slice(2)], { env, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`rotate-secrets: ${explain(error)}\n`);
    process.exit(1);
  },
);
