import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import path from 'node:path';
import type { Environment, LaunchConfig } from './config.js';
import { lockFolder } from './folder-lock.js';
import { postgresFolder, startEmbeddedPostgres } from './postgres/embedded-postgres.js';
import { repositoryRoot } from './rooms.js';

/** The embedded PostgreSQL of a platform that runs is used and left running; of one that does not, started for this. */
export async function openDatabase(config: LaunchConfig, dataFolder: string) {
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

/** Runs a program of the server, below the repository, with our own arguments; its exit code. */
export async function runServerCommand(program: string, env: Environment): Promise<number> {
  const file = path.join(repositoryRoot(), program);
  const child = spawn(process.execPath, [file, ...process.argv.slice(2)], { env, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
