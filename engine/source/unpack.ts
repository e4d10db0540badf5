import { createWriteStream } from 'node:fs';
import { mkdir, realpath, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Extract, type Header } from 'tar-stream';
import { DeploymentFailure } from '@apployd/core/failure';
import { describeBytes } from '@apployd/core/resources';
import type { LogWriter } from '@apployd/backplane/logs/log-writer';
import { isInside } from './app-folder.js';
import { entryPath, foldersAbove, refuseOuterLink, shown, UnsafeEntry } from './entry-path.js';
import type { FolderLimits } from './folder-size.js';

type Entry = Extract extends AsyncIterable<infer Each> ? Each : never;

/**
 * Unpacks a tar.gz into an empty folder while it is read. Links are made last, so that no file is ever written through
 * one, and each is looked at again once it stands: links may lead out together though none does alone.
 */
export async function unpack(
  content: Readable,
  into: string,
  limits: FolderLimits,
  log: LogWriter,
  signal: AbortSignal,
): Promise<void> {
  const entries = extract();
  const reading = pipeline(content, createGunzip(), countedUpTo(limits), entries, { signal });
  const links = new Map<string, string>();
  const writing = writeEntries(entries, into, limits, links);
  const [read, written] = await Promise.allSettled([reading, writing]);
  signal.throwIfAborted();
  for (const result of [written, read]) if (result.status === 'rejected') throw refusal(result.reason);
  await makeLinks(links, into, log).catch((error: unknown) => {
    throw refusal(error);
  });
}

async function writeEntries(
  entries: Extract,
  into: string,
  { maxFiles }: FolderLimits,
  links: Map<string, string>,
): Promise<void> {
  const made = new Set<string>();
  let count = 0;
  for await (const entry of entries) {
    count += 1;
    if (count > maxFiles) throw tooLarge(`has more than ${maxFiles.toLocaleString('en')} entries`);
    const path = entryPath(entry.header.name);
    if (path === null || path === '.git' || path.startsWith('.git/')) entry.resume();
    else await writeEntry(entry, path, into, made, links);
    if (made.size > maxFiles) throw tooLarge(`has more than ${maxFiles.toLocaleString('en')} folders`);
  }
}

async function writeEntry(
  entry: Entry,
  path: string,
  into: string,
  made: Set<string>,
  links: Map<string, string>,
): Promise<void> {
  const { type, linkname, mode } = entry.header;
  const above = foldersAbove(path);
  if ([path, ...above].some((place) => links.has(place))) throw twice(path);
  for (const folder of type === 'directory' ? [...above, path] : above) {
    if (!made.has(folder)) await mkdir(join(into, folder), { mode: 0o755 }).catch(ifAbsent);
    made.add(folder);
  }
  if (type === 'directory') return void entry.resume();
  if (type === 'symlink') {
    if (made.has(path)) throw twice(path);
    refuseOuterLink(path, linkname ?? '');
    links.set(path, linkname ?? '');
    return void entry.resume();
  }
  if (!isFile(type)) throw new UnsafeEntry(`${shown(path)} is a ${type ?? 'thing'}, not a file, folder or link.`);
  await pipeline(
    entry,
    createWriteStream(join(into, path), { flags: 'wx', mode: (mode ?? 0) & 0o100 ? 0o755 : 0o644 }),
  );
}

function isFile(type: Header['type']): boolean {
  return type === 'file' || type === 'contiguous-file';
}

async function makeLinks(links: ReadonlyMap<string, string>, into: string, log: LogWriter): Promise<void> {
  for (const [path, target] of links) await symlink(target, join(into, path));
  const root = await realpath(into);
  for (const path of links.keys()) {
    const real = await realpath(join(root, path)).catch(() => null);
    if (real !== null && !isInside(real, root))
      throw new UnsafeEntry(`The link ${shown(path)} leads out of the archive.`);
    if (real !== null) continue;
    await rm(join(root, path));
    log.line(`Left out the link ${shown(path)}: it points to nothing.`, 'PLATFORM');
  }
}

/** Every entry has a header of 512 bytes, so that bytes bound entries as well. */
function countedUpTo({ maxBytes }: FolderLimits): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) done(tooLarge(`is larger than ${describeBytes(maxBytes)} when unpacked`));
      else done(null, chunk);
    },
  });
}

function refusal(error: unknown): unknown {
  if (error instanceof DeploymentFailure) return error;
  if (error instanceof UnsafeEntry) return invalid(error.message);
  const { code = '', message = '' } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST' || code === 'EISDIR' || code === 'ENOTDIR') return invalid('The archive holds a path twice.');
  if (code === 'ENAMETOOLONG' || code === 'EILSEQ') return invalid('The archive holds a path that is too long.');
  if (code.startsWith('Z_') || /tar header|Unexpected end of data|Header exceeds|Invalid header/.test(message)) {
    return invalid('The upload is no complete tar.gz archive. Make it with `tar czf` and upload it again.');
  }
  return error;
}

function ifAbsent(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

function twice(path: string): UnsafeEntry {
  return new UnsafeEntry(`The archive holds ${shown(path)} twice, or below a link.`);
}

function invalid(message: string): DeploymentFailure {
  return new DeploymentFailure('SOURCE_INVALID', 'FETCH', message);
}

function tooLarge(what: string): DeploymentFailure {
  return new DeploymentFailure(
    'SOURCE_TOO_LARGE',
    'FETCH',
    `The archive ${what}. Leave out what the build does not need.`,
  );
}
