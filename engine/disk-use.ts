import { statfs } from 'node:fs/promises';

/** How full the fullest of the disks is on which these folders lie, in percent, as `df` has it. */
export function diskUse(folders: readonly string[]): () => Promise<number> {
  return async () => Math.max(0, ...(await Promise.all(folders.map(percentOf))));
}

/** What is kept for root counts as full: others cannot have it. A folder that is not there yet says nothing. */
async function percentOf(folder: string): Promise<number> {
  const found = await statfs(folder).catch(() => null);
  if (!found) return 0;
  const used = found.blocks - found.bfree;
  return (100 * used) / Math.max(1, used + found.bavail);
}
