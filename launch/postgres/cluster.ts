import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Account } from './postgres-account.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import { blockingFolder, wayTo } from './traversable.js';

/** A database cluster on disk and the key to it. */
export interface Cluster {
  readonly folder: string;
  readonly data: string;
  readonly password: string;
}

export const clusterUser = 'apployd';
const run = promisify(execFile);

/** The cluster in `folder`, made when it is missing. A half-made one of a killed start is thrown away. */
export async function ensureCluster(options: {
  readonly folder: string;
  readonly binaries: PostgresBinaries;
  readonly account: Account | null;
  readonly durable: boolean;
}): Promise<Cluster> {
  const { account } = options;
  const folder = path.resolve(options.folder);
  const { data, passwordFile } = files(folder);
  await requireReachable(folder, account);
  const found = await findCluster(folder);
  if (found) return found;
  await own(folder, account);
  const password = randomBytes(24).toString('base64url');
  await writeFile(passwordFile, password, { mode: 0o600 });
  await own(passwordFile, account);
  await initialise({ ...options, data, passwordFile });
  return { folder, data, password };
}

/** The complete cluster in `folder`, or null. */
export async function findCluster(folder: string): Promise<Cluster | null> {
  const { data, passwordFile } = files(folder);
  if (!existsSync(path.join(data, 'PG_VERSION'))) return null;
  return { folder, data, password: await readFile(passwordFile, 'utf8') };
}

const files = (folder: string) => ({ data: path.join(folder, 'data'), passwordFile: path.join(folder, 'password') });

async function initialise(options: {
  readonly data: string;
  readonly passwordFile: string;
  readonly binaries: PostgresBinaries;
  readonly account: Account | null;
  readonly durable: boolean;
}): Promise<void> {
  const { data, account, durable } = options;
  const partial = `${data}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { mode: 0o700 });
  await own(partial, account);
  const flags = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const login = [`--username=${clusterUser}`, '--auth=scram-sha-256', `--pwfile=${options.passwordFile}`];
  const args = ['--pgdata', partial, ...flags, ...login, ...(durable ? [] : ['--no-sync'])];
  try {
    await run(options.binaries.initdb, args, { ...account, cwd: '/', env: postgresEnv, timeout: 60_000 });
  } catch (error) {
    throw new Error(`The embedded PostgreSQL could not be set up: ${reason(error)}`, { cause: error });
  }
  await rename(partial, data);
}

/** Nothing of our own environment: PG* variables would change what is started. */
export const postgresEnv: NodeJS.ProcessEnv = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/local/bin:/usr/bin:/bin' };

async function requireReachable(folder: string, account: Account | null): Promise<void> {
  const blocking = account && blockingFolder(await wayTo(path.dirname(folder)), account);
  if (blocking) throw new Error(`User \`postgres\` cannot pass through ${blocking}: choose another data folder.`);
}

const own = async (file: string, account: Account | null) => account && chown(file, account.uid, account.gid);

function reason(error: unknown): string {
  const stderr = (error as { stderr?: string }).stderr?.trim();
  return stderr || (error as Error).message;
}
