import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { packTar, type TarSource } from 'modern-tar/fs';
import { type FolderEntry, folderEntries } from './folder-entries.js';

export type Archive = {
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly open: () => AsyncIterable<Uint8Array>;
  /** Frees the disk. */
  readonly remove: () => Promise<void>;
};

/** A tar.gz of a folder in a temporary file. The same files give the same bytes: no times, no owners, sorted names. */
export async function packFolder(
  folder: string,
  extra: readonly string[] = [],
  signal?: AbortSignal,
): Promise<Archive> {
  const entries = await folderEntries(path.resolve(folder), extra);
  if (entries.length === 0) throw new TypeError(`There is nothing to deploy in ${folder}.`);
  const place = await mkdtemp(path.join(tmpdir(), 'apployd-upload-'));
  const file = path.join(place, 'source.tar.gz');
  const remove = () => rm(place, { recursive: true, force: true });
  try {
    const hash = createHash('sha256');
    const executable = new Set(entries.filter((entry) => entry.isExecutable).map((entry) => entry.target));
    const tar = packTar(entries.map(sourceOf), { map: plain(executable) });
    await pipeline(
      tar,
      createGzip(),
      tap((chunk) => hash.update(chunk)),
      createWriteStream(file),
      { signal },
    );
    const { size } = await stat(file);
    return { sha256: hash.digest('hex'), sizeBytes: size, open: () => createReadStream(file), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Files as streams that open when their turn comes: as files, hard links among them would be packed as links. */
function sourceOf({ source, target, type, sizeBytes }: FolderEntry): TarSource {
  if (type === 'link') return { type: 'file', source, target };
  if (type === 'directory' || sizeBytes === 0) return { type: 'content', content: null, target };
  return { type: 'stream', content: Readable.from(contentOf(source)), target, size: sizeBytes };
}

async function* contentOf(source: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(source);
}

/** Takes out of a header what differs from machine to machine. */
function plain(executable: ReadonlySet<string>) {
  return <Header extends { name: string }>(header: Header): Header => ({
    ...header,
    mode: executable.has(header.name) ? 0o755 : 0o644,
    mtime: new Date(0),
    uid: 0,
    gid: 0,
    uname: '',
    gname: '',
  });
}

function tap(see: (chunk: Uint8Array) => void): Transform {
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      see(chunk);
      done(null, chunk);
    },
  });
}
