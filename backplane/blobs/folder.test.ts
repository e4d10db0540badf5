import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BlobRefused, type Blobs } from './blobs.js';
import { folderBlobs } from './folder.js';

let folder: string;
let blobs: Blobs;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'apployd-blobs-'));
  blobs = folderBlobs(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const digest = (content: string) => createHash('sha256').update(content).digest('hex');
const stored = async (key: string) => {
  const content = await blobs.get(key);
  return content && text(content);
};

test('what was put is there, whole, until it is removed', async () => {
  const sha256 = digest('hello');
  expect(await blobs.put('uploads/one', Readable.from(['hel', 'lo']), { maxBytes: 5, sha256 })).toEqual({
    sizeBytes: 5,
    sha256,
  });
  expect(await blobs.has('uploads/one')).toBe(true);
  expect(await stored('uploads/one')).toBe('hello');
  await blobs.put('uploads/one', Readable.from(['again']), { maxBytes: 5 });
  expect(await stored('uploads/one')).toBe('again');
  await blobs.remove('uploads/one');
  await blobs.remove('uploads/one');
  expect([await blobs.has('uploads/one'), await stored('uploads/one')]).toEqual([false, null]);
});

test('content that is too large, differs or breaks off leaves nothing behind, and what was there stays', async () => {
  await blobs.put('kept/it', Readable.from(['before']), { maxBytes: 10 });
  const endless = new Readable({ read: (size) => void endless.push(Buffer.alloc(size)) });
  await expect(blobs.put('kept/it', endless, { maxBytes: 1_000_000 })).rejects.toMatchObject({ reason: 'TOO_LARGE' });
  expect(endless.destroyed).toBe(true);
  const other = blobs.put('kept/it', Readable.from(['after']), { maxBytes: 10, sha256: digest('else') });
  await expect(other).rejects.toBeInstanceOf(BlobRefused);
  await expect(blobs.put('kept/it', broken(), { maxBytes: 10 })).rejects.toThrow('broken off');
  expect(await stored('kept/it')).toBe('before');
  expect(await readdir(path.join(folder, 'kept'))).toEqual(['it']);
});

test('keys cannot leave the folder', async () => {
  for (const key of [
    '',
    '/etc/passwd',
    '../x',
    'a/../../x',
    'a//b',
    'a/',
    'A',
    'a.b',
    'a\0b',
    'a\\b',
    'ä',
    `a/${'b'.repeat(200)}`,
  ]) {
    await expect(blobs.put(key, Readable.from(['x']), { maxBytes: 1 })).rejects.toThrow('Not a blob key');
    await expect(blobs.get(key)).rejects.toThrow('Not a blob key');
  }
});

async function* parts() {
  yield 'par';
  throw new Error('broken off');
}

function broken(): Readable {
  return Readable.from(parts());
}
