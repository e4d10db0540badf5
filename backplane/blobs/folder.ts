import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { BlobRefused, type Blobs } from './blobs.js';

type Expectation = { readonly maxBytes: number; readonly sha256?: string };
type Written = { readonly sizeBytes: number; readonly sha256: string };

/** Blobs as files below a folder. A blob appears whole or not at all, also when the machine stops in between. */
export function folderBlobs(folder: string): Blobs {
  return {
    async put(key, content, expect) {
      const target = fileOf(folder, key);
      await mkdir(path.dirname(target), { recursive: true });
      const partial = `${target}.${randomUUID()}.partial`;
      try {
        const written = await write(partial, content, expect);
        await rename(partial, target);
        await syncFolder(path.dirname(target));
        return written;
      } catch (error) {
        content.destroy();
        await rm(partial, { force: true });
        throw error;
      }
    },
    async get(key) {
      const file = await open(fileOf(folder, key), 'r').catch(nullWhenAbsent);
      return file && file.createReadStream();
    },
    async has(key) {
      const found = await stat(fileOf(folder, key)).catch(nullWhenAbsent);
      return found?.isFile() ?? false;
    },
    async remove(key) {
      await rm(fileOf(folder, key), { force: true });
    },
  };
}

/** Segments of a-z, 0-9 and `-`: no key leaves the folder or meets a partial file. */
function fileOf(folder: string, key: string): string {
  if (key.length > 512 || !/^[a-z0-9-]{1,128}(\/[a-z0-9-]{1,128})*$/.test(key)) {
    throw new Error(`Not a blob key: ${JSON.stringify(key.slice(0, 100))}`);
  }
  return path.join(folder, ...key.split('/'));
}

async function write(file: string, content: Readable, expect: Expectation): Promise<Written> {
  const handle = await open(file, 'wx', 0o600);
  try {
    const written = await copy(content, handle, expect);
    await handle.sync();
    return written;
  } finally {
    await handle.close();
  }
}

async function copy(content: Readable, into: FileHandle, { maxBytes, sha256 }: Expectation): Promise<Written> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const part of content) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : (part as Uint8Array);
    sizeBytes += bytes.length;
    if (sizeBytes > maxBytes) throw new BlobRefused('TOO_LARGE', `The content is larger than ${maxBytes} bytes.`);
    hash.update(bytes);
    await into.writeFile(bytes);
  }
  const digest = hash.digest('hex');
  if (sha256 !== undefined && digest !== sha256.toLowerCase()) {
    throw new BlobRefused('DIGEST_MISMATCH', `The content has the SHA-256 ${digest}, not the one that was announced.`);
  }
  return { sizeBytes, sha256: digest };
}

/** A rename is kept only once its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function nullWhenAbsent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
  throw error;
}
