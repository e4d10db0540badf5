import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

export type FolderSize = { readonly bytes: number; readonly files: number };
export type FolderLimits = { readonly maxBytes: number; readonly maxFiles: number };

/** What is below a folder, links not followed. Counts no further than a limit that is passed. */
export async function measureFolder(folder: string, limits: FolderLimits): Promise<FolderSize> {
  const waiting = [folder];
  let bytes = 0;
  let files = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const entries = await entriesOf(next);
    files += entries.length;
    if (files > limits.maxFiles) break;
    for (const entry of entries) if (entry.isDirectory()) waiting.push(join(next, entry.name));
    bytes += await sizeOfFiles(next, entries);
    if (bytes > limits.maxBytes) break;
  }
  return { bytes, files };
}

export function passes({ bytes, files }: FolderSize, { maxBytes, maxFiles }: FolderLimits): boolean {
  return bytes > maxBytes || files > maxFiles;
}

/** Looks again and again while a folder grows and calls back once it passes a limit. Returns what ends the watch. */
export function watchFolder(folder: string, limits: FolderLimits, onPassed: () => void): () => void {
  let timer: NodeJS.Timeout;
  let over = false;
  const look = async () => {
    const startedAt = performance.now();
    const size = await measureFolder(folder, limits).catch(() => ({ bytes: 0, files: 0 }));
    if (over) return;
    if (passes(size, limits)) return onPassed();
    lookAfter(Math.max(lookAgainMs, 4 * (performance.now() - startedAt)));
  };
  const lookAfter = (ms: number) => {
    timer = setTimeout(() => void look(), ms).unref();
  };
  lookAfter(lookAgainMs);
  return () => {
    over = true;
    clearTimeout(timer);
  };
}

const lookAgainMs = 200;

/** A folder that vanishes while it is looked at holds nothing. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch(() => []);
}

async function sizeOfFiles(folder: string, entries: readonly Dirent[]): Promise<number> {
  let sum = 0;
  for (let start = 0; start < entries.length; start += atOnce) {
    const some = entries.slice(start, start + atOnce).filter((entry) => entry.isFile());
    const sizes = await Promise.all(some.map(({ name }) => sizeOf(join(folder, name))));
    sum += sizes.reduce((total, size) => total + size, 0);
  }
  return sum;
}

const atOnce = 64;

async function sizeOf(file: string): Promise<number> {
  return lstat(file).then(
    ({ size }) => size,
    () => 0,
  );
}
