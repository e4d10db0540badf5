import { access, chmod, constants, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { foreseePostgresAccount, postgresAccount } from './postgres/postgres-account.js';
import { blockingFolder, wayTo } from './postgres/traversable.js';

const systemFolder = '/var/lib/apployd';

export interface DataFolder {
  readonly folder: string;
  /** Said to the person who starts the platform. */
  readonly notice?: string;
}

/** Where the platform keeps its own: as asked, else `.apployd`, else where user `postgres` can reach it. */
export function chooseDataFolder(options: {
  readonly requested: string | undefined;
  readonly workingFolder: string;
  /** On the way to the working folder, what keeps PostgreSQL's user out. */
  readonly blocking: string | null;
}): DataFolder {
  const { requested, workingFolder, blocking } = options;
  if (requested) return { folder: path.resolve(workingFolder, requested) };
  if (!blocking) return { folder: path.join(workingFolder, '.apployd') };
  return {
    folder: systemFolder,
    notice: `Data is kept in ${systemFolder}, because user \`postgres\` cannot pass through ${blocking}.`,
  };
}

/** Where a start would keep its data. Changes nothing on this machine. */
export async function foreseeDataFolder(options: {
  readonly requested: string | undefined;
  readonly workingFolder: string;
  readonly embedsPostgres: boolean;
}): Promise<string> {
  const blocking = options.embedsPostgres ? await findBlocking(options.workingFolder, foreseePostgresAccount()) : null;
  return chooseDataFolder({ ...options, blocking }).folder;
}

/** What keeps the user that PostgreSQL will run as out of `folder`; null when nothing does. */
export async function findBlocking(folder: string, user = postgresAccount()): Promise<string | null> {
  const account = await user;
  return account && blockingFolder(await wayTo(folder), account);
}

/** Makes the folder, private but for root's, which user `postgres` must pass through. Rejects when it cannot be written. */
export async function prepareDataFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK | constants.X_OK);
    if (process.getuid?.() === 0) await chmod(folder, (await stat(folder)).mode | 0o011);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      throw new Error(`${folder} is a file, not a folder: move it away or set APPLOYD_DATA.`, { cause });
    }
    throw new Error(`The data folder ${folder} cannot be written (${code}): mend its rights or set APPLOYD_DATA.`, {
      cause,
    });
  }
}
