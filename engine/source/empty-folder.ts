import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Removes all that is in a folder, and not the folder; one that is gone is no error. */
export async function emptyFolder(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true, force: true, maxRetries: 3 })));
}
