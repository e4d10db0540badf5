import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createGzip, gzipSync } from 'node:zlib';
import { pack, type Header } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DeploymentFailure } from '@apployd/core/failure';
import { archiveSource } from './archive.js';
import type { FakeFiles } from './fake.js';
import type { FetchLimits } from './limited.js';
import { recordingLog } from './recording-log.js';
import { sourceConformance } from './source.conformance.js';

type TarEntry = Partial<Header> & { readonly name: string; readonly content?: string };

const stored = new Map<string, Buffer>();
const blobs = { get: (key: string) => Promise.resolve(stored.has(key) ? Readable.from([stored.get(key)]) : null) };
const source = (limits: Partial<FetchLimits> = {}) =>
  archiveSource(blobs, { deadlineMs: 20_000, maxBytes: 50_000_000, ...limits });

async function archiveOf(entries: Iterable<TarEntry>): Promise<Buffer> {
  const tar = pack();
  for (const { content = '', ...header } of entries) tar.entry(header, content);
  tar.finalize();
  return buffer(tar.pipe(createGzip()));
}

function store(content: Buffer) {
  const blobKey = `uploads/${createHash('sha256').update(content).digest('hex')}`;
  stored.set(blobKey, content);
  return { kind: 'archive', blobKey, rootDirectory: null } as const;
}

sourceConformance('archive', {
  source,
  publish: async (files) => store(await archiveOf(Object.entries(files).map(entryOf))),
  missing: () => ({ kind: 'archive', blobKey: 'uploads/none', rootDirectory: null }),
});

function entryOf([name, file]: [string, FakeFiles[string]]): TarEntry {
  if (typeof file === 'string') return { name, content: file, mode: 0o644 };
  return 'link' in file ? { name, type: 'symlink', linkname: file.link } : { name, content: file.program, mode: 0o755 };
}

describe('archive', () => {
  let into: string;
  let outside: string;
  beforeEach(async () => {
    outside = await realpath(await mkdtemp(join(tmpdir(), 'apployd-archive-')));
    into = await mkdtemp(join(outside, 'into-'));
  });
  afterEach(() => rm(outside, { recursive: true, force: true }));

  const fetch = (content: Buffer, limits?: Partial<FetchLimits>, log = recordingLog()) =>
    source(limits).fetch(store(content), into, log, new AbortController().signal);
  const failure = (promise: Promise<unknown>) =>
    promise.then(
      () => expect.unreachable('it was unpacked'),
      (error: DeploymentFailure) => error,
    );
  const nothingIsLeft = async () => {
    expect(await readdir(into)).toEqual([]);
    expect(await readdir(outside)).toHaveLength(1);
  };

  test.each<[string, readonly TarEntry[]]>([
    ['a path with ..', [{ name: '../escaped', content: 'x' }]],
    ['a path with .. in the middle', [{ name: 'a/../../escaped', content: 'x' }]],
    ['an absolute path', [{ name: '/tmp/escaped', content: 'x' }]],
    ['a path with a backslash', [{ name: '..\\escaped', content: 'x' }]],
    ['an absolute link', [{ name: 'a', type: 'symlink', linkname: '/etc' }]],
    ['a link out', [{ name: 'd/a', type: 'symlink', linkname: '../../x' }]],
    ['a link without a target', [{ name: 'a', type: 'symlink', linkname: '' }]],
    [
      'a file below a link',
      [
        { name: 'a', type: 'symlink', linkname: 'b' },
        { name: 'a/x', content: 'x' },
      ],
    ],
    [
      'a file in the place of a link',
      [
        { name: 'a', type: 'symlink', linkname: 'b' },
        { name: 'a', content: 'x' },
      ],
    ],
    [
      'a link in the place of a folder',
      [
        { name: 'a/x', content: 'x' },
        { name: 'a', type: 'symlink', linkname: 'b' },
      ],
    ],
    [
      'a link in the place of a file',
      [
        { name: 'a', content: 'x' },
        { name: 'a', type: 'symlink', linkname: 'b' },
      ],
    ],
    [
      'the same file twice',
      [
        { name: 'a', content: 'x' },
        { name: './a', content: 'y' },
      ],
    ],
    [
      'a file that is a folder',
      [
        { name: 'a', content: 'x' },
        { name: 'a/b', content: 'y' },
      ],
    ],
    [
      'a hard link',
      [
        { name: 'a', content: 'x' },
        { name: 'b', type: 'link', linkname: 'a' },
      ],
    ],
    ['a device', [{ name: 'null', type: 'character-device', devmajor: 1, devminor: 3 }]],
    ['a block device', [{ name: 'sda', type: 'block-device', devmajor: 8, devminor: 0 }]],
    ['a pipe', [{ name: 'pipe', type: 'fifo' }]],
    ['a name that is too long', [{ name: 'x'.repeat(300), content: 'x' }]],
    [
      'links that lead out together',
      [
        { name: 'b/c/d/up', type: 'symlink', linkname: '../../..' },
        { name: 'b/c/d/out', type: 'symlink', linkname: 'up/..' },
      ],
    ],
  ])('%s is SOURCE_INVALID, and nothing is left', async (_, entries) => {
    expect(await failure(fetch(await archiveOf(entries)))).toMatchObject({ code: 'SOURCE_INVALID', stage: 'FETCH' });
    await nothingIsLeft();
  });

  test('a link that points to nothing is left out, and the log says so', async () => {
    const log = recordingLog();
    await fetch(
      await archiveOf([
        { name: 'a', content: 'x' },
        { name: 'b', type: 'symlink', linkname: 'gone' },
      ]),
      {},
      log,
    );
    expect(await readdir(into)).toEqual(['a']);
    expect(log.lines).toMatchObject([{ message: /"b"/, source: 'PLATFORM' }]);
  });

  test('modes keep nothing but the execute bit, and .git is left out', async () => {
    const entries = [
      { name: 'set-uid', content: 'x', mode: 0o6777 },
      { name: '.git/config', content: 'x' },
      { name: 'folder/', type: 'directory' as const, mode: 0 },
      { name: 'folder/a', content: 'a', mode: 0 },
    ];
    await fetch(await archiveOf(entries));
    expect((await readdir(into)).sort()).toEqual(['folder', 'set-uid']);
    expect(await readFile(join(into, 'folder/a'), 'utf8')).toBe('a');
    const { mode } = await stat(join(into, 'set-uid'));
    expect(mode & 0o7777).toBe(0o755 & ~process.umask());
  });

  test('a bomb is refused by what it unpacks to', async () => {
    const bomb = await archiveOf([{ name: 'zeros', content: '\0'.repeat(60_000_000) }]);
    expect(bomb.length).toBeLessThan(100_000);
    expect(await failure(fetch(bomb))).toMatchObject({ code: 'SOURCE_TOO_LARGE' });
    await nothingIsLeft();
  });

  test('too many entries are SOURCE_TOO_LARGE', async () => {
    const entries = Array.from({ length: 120 }, (_, i) => ({ name: `f${i}`, content: '' }));
    expect(await failure(fetch(await archiveOf(entries), { maxFiles: 100 }))).toMatchObject({
      code: 'SOURCE_TOO_LARGE',
    });
    const deep = [{ name: `${'a/'.repeat(110)}x`, content: '' }];
    expect(await failure(fetch(await archiveOf(deep), { maxFiles: 100 }))).toMatchObject({ code: 'SOURCE_TOO_LARGE' });
    await nothingIsLeft();
  });

  test('what is no tar.gz, or only a part of one, is SOURCE_INVALID', async () => {
    const whole = await archiveOf([{ name: 'a', content: randomBytes(50_000).toString('hex') }]);
    for (const content of [
      Buffer.from('hello'),
      gzipSync('hello'),
      gzipSync(Buffer.alloc(600, 'x')),
      whole.subarray(0, whole.length / 2),
      Buffer.alloc(0),
    ]) {
      expect(await failure(fetch(content))).toMatchObject({ code: 'SOURCE_INVALID' });
      await nothingIsLeft();
    }
  });

  test('an archive that arrives too slowly is SOURCE_TIMEOUT', async () => {
    const never = { get: () => Promise.resolve(new Readable({ read: () => {} })) };
    const slow = archiveSource(never, { deadlineMs: 100, maxBytes: 1 });
    const reference = { kind: 'archive', blobKey: 'uploads/x', rootDirectory: null } as const;
    const fetching = slow.fetch(reference, into, recordingLog(), new AbortController().signal);
    expect(await failure(fetching)).toMatchObject({ code: 'SOURCE_TIMEOUT' });
    await nothingIsLeft();
  });
});
