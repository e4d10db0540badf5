import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Account } from './postgres-account.js';

export interface FolderAccess {
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** The outermost folder that the account may not pass through; null when the way is free. Root may pass everywhere. */
export function blockingFolder(way: readonly FolderAccess[], account: Account): string | null {
  if (account.uid === 0) return null;
  return way.find((folder) => !mayPass(folder, account))?.path ?? null;
}

function mayPass({ uid, gid, mode }: FolderAccess, account: Account): boolean {
  if (uid === account.uid) return (mode & 0o100) !== 0;
  if (gid === account.gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}

/** What the folder and its parents allow, outermost first; folders that are not there yet are left out. */
export async function wayTo(folder: string): Promise<readonly FolderAccess[]> {
  const way: FolderAccess[] = [];
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const found = await stat(at).catch(() => null);
    if (found) way.unshift({ path: at, uid: found.uid, gid: found.gid, mode: found.mode });
    if (at === path.dirname(at)) return way;
  }
}
