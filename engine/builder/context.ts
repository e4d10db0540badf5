import { constants, createReadStream } from 'node:fs';
import { copyFile, lstat, mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import dockerignore from '@balena/dockerignore';
import { pack, type Header, type Pack } from 'tar-stream';
import { readInside } from './read-tree.js';

/** One thing that the build gets to see. */
export type ContextEntry = {
  /** Relative, with slashes. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink';
  readonly size: number;
  readonly executable: boolean;
  readonly target: string | null;
};

/** A file of ours that is added to a context. */
export type ExtraFile = { readonly path: string; readonly content: string };

/** What a build sees of an app's folder, in order: all but .git and what .dockerignore and `ignored` leave out. */
export async function listContext(
  root: string,
  { ignored = [] }: { readonly ignored?: readonly string[] } = {},
): Promise<ContextEntry[]> {
  const patterns = ['.git', ...ignored, ...patternsOf(await readInside(root, '.dockerignore', ignoreFileBytes))];
  const rules = dockerignore.default().add(patterns);
  const exceptions = patterns.some((pattern) => pattern.startsWith('!'));
  const entries: ContextEntry[] = [];
  const visit = async (folder: string): Promise<void> => {
    for (const name of (await readdir(join(root, folder))).sort()) {
      const path = folder === '' ? name : `${folder}/${name}`;
      const leftOut = rules.ignores(path);
      const entry = leftOut && !exceptions ? null : await describe(root, path);
      if (!entry) continue;
      const before = entries.length;
      if (entry.type === 'directory') await visit(path);
      if (!leftOut || entries.length > before) entries.splice(before, 0, entry);
    }
  };
  await visit('');
  return entries;
}

/**
 * A tar of entries and extra files. The same content gives the same bytes on every machine and at every time, so that
 * the engine's cache recognises it. Links stay links.
 */
export function packContext(
  root: string,
  entries: readonly ContextEntry[],
  { folder = '', extra = [] }: { readonly folder?: string; readonly extra?: readonly ExtraFile[] } = {},
): Readable {
  const tar = pack();
  const fill = async () => {
    for (const { path, content } of extra) await addFile(tar, path, Buffer.byteLength(content), false, [content]);
    for (const entry of entries) await addEntry(tar, root, folder, entry);
    tar.finalize();
  };
  fill().catch((error: Error) => tar.destroy(error));
  return tar as unknown as Readable;
}

/** Copies entries into another folder. Links stay links. */
export async function copyContext(root: string, entries: readonly ContextEntry[], into: string): Promise<void> {
  await mkdir(into, { recursive: true });
  for (const { path, type, target } of entries) {
    if (type === 'directory') await mkdir(join(into, path));
    else if (type === 'symlink') await symlink(target ?? '', join(into, path));
    else await copyFile(join(root, path), join(into, path), constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  }
}

const ignoreFileBytes = 64 * 1024;

function patternsOf(text: string | null): string[] {
  const lines = (text ?? '').replace(/^\uFEFF/, '').split(/\r?\n/);
  return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
}

/** Null for what a source cannot hold: devices, pipes, sockets. */
async function describe(root: string, path: string): Promise<ContextEntry | null> {
  const found = await lstat(join(root, path));
  const entry = { path, size: 0, executable: (found.mode & 0o100) !== 0, target: null };
  if (found.isDirectory()) return { ...entry, type: 'directory' };
  if (found.isFile()) return { ...entry, type: 'file', size: found.size };
  return found.isSymbolicLink() ? { ...entry, type: 'symlink', target: await readlink(join(root, path)) } : null;
}

async function addEntry(tar: Pack, root: string, folder: string, entry: ContextEntry): Promise<void> {
  const name = `${folder}${entry.path}`;
  if (entry.type === 'directory') return addEmpty(tar, { name, type: 'directory', mode: 0o755 });
  if (entry.type === 'symlink')
    return addEmpty(tar, { name, type: 'symlink', linkname: entry.target ?? '', mode: 0o777 });
  const content = entry.size > 0 ? createReadStream(join(root, entry.path), { end: entry.size - 1 }) : [];
  return addFile(tar, name, entry.size, entry.executable, content);
}

function addEmpty(tar: Pack, header: Pick<Header, 'name' | 'type'> & Partial<Header>): Promise<void> {
  return new Promise((resolve, reject) => {
    tar.entry({ ...header, ...sameEverywhere }, '', (error) => (error ? reject(error) : resolve()));
  });
}

async function addFile(
  tar: Pack,
  name: string,
  size: number,
  executable: boolean,
  content: Iterable<string> | Readable,
): Promise<void> {
  const header = { name, size, type: 'file', mode: executable ? 0o755 : 0o644, ...sameEverywhere } as const;
  await pipeline(content, tar.entry(header));
}

const sameEverywhere = { mtime: new Date(0), uid: 0, gid: 0, uname: '', gname: '' };
