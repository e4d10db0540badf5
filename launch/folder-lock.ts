import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

export interface FolderLock {
  release(): Promise<void>;
}

/** Keeps a second launcher away from the folder. A lock whose holder was killed is taken over. */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const file = path.join(folder, 'launcher.pid');
  const mine = await identityOf(process.pid);
  if (!(await take(file, mine))) {
    await removeStale(file, folder);
    if (!(await take(file, mine))) throw inUse(folder);
  }
  return {
    release: async () => {
      if ((await read(file)) === mine) await rm(file, { force: true });
    },
  };
}

async function take(file: string, content: string): Promise<boolean> {
  try {
    await writeFile(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Moved aside before it is deleted: of two launchers that find it, one moves the stale file and the other none. */
async function removeStale(file: string, folder: string): Promise<void> {
  const held = await read(file);
  const pid = Number(held?.split(' ')[0]);
  if (held && pid && (await identityOf(pid)) === held) throw inUse(folder, pid);
  const aside = `${file}.${process.pid}`;
  await rename(file, aside).catch(() => undefined);
  const moved = await read(aside);
  if (moved !== null && moved !== held) {
    await rename(aside, file);
    throw inUse(folder);
  }
  await rm(aside, { force: true });
}

/** A process id with its start where Linux tells it, because ids are used again; without a start when it has ended. */
async function identityOf(pid: number): Promise<string> {
  const stat = await read(`/proc/${pid}/stat`);
  const start = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return start ? `${pid} ${start}` : `${pid} ${isAlive(pid) ? 'alive' : 'ended'}`;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const inUse = (folder: string, pid?: number) =>
  new Error(
    `Another platform${pid ? ` (pid ${pid})` : ''} runs on ${folder}: end it or set APPLOYD_DATA to another folder.`,
  );

const read = (file: string) => readFile(file, 'utf8').catch(() => null);
