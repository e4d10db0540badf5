import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Whom PostgreSQL runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const run = promisify(execFile);
const name = 'postgres';

/** User `postgres`, made when missing, because PostgreSQL refuses to run as root; null when we are somebody else. */
export async function postgresAccount(): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  return (await lookUp()) ?? (await create());
}

/** The same, made by nobody: when it is missing, somebody who may do what everybody may. */
export async function foreseePostgresAccount(): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  return (await lookUp()) ?? { uid: -1, gid: -1 };
}

async function lookUp(): Promise<Account | null> {
  try {
    const [uid, gid] = await Promise.all([id('-u'), id('-g')]);
    return { uid, gid };
  } catch {
    return null;
  }
}

async function create(): Promise<Account> {
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name], {
      timeout: 10_000,
    });
  } catch (cause) {
    // Another launcher may have made it at the same time.
    const account = await lookUp();
    if (account) return account;
    throw new Error(
      'PostgreSQL does not run as root and no user `postgres` could be made: create one, start as another user, or set DATABASE_URL.',
      { cause },
    );
  }
  const account = await lookUp();
  if (!account) throw new Error('User `postgres` was made but cannot be found.');
  return account;
}

async function id(flag: '-u' | '-g'): Promise<number> {
  const { stdout } = await run('id', [flag, name], { timeout: 10_000 });
  return Number(stdout.trim());
}
