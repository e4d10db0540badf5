import { mkdtemp, readdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DeploymentFailure } from '@apployd/core/failure';
import type { FakeFiles } from './fake.js';
import type { FetchLimits } from './limited.js';
import { recordingLog } from './recording-log.js';
import type { Source, SourceReference } from './source.js';

export type SourceHarness = {
  source(limits?: Partial<FetchLimits>): Source;
  /** Makes files fetchable. */
  publish(files: FakeFiles): Promise<SourceReference>;
  /** A reference behind which there is nothing. */
  missing(): SourceReference;
};

/** What every source promises. */
export function sourceConformance(name: string, harness: SourceHarness): void {
  describe(`source: ${name}`, () => {
    let into: string;
    beforeEach(async () => {
      into = await realpath(await mkdtemp(join(tmpdir(), 'apployd-source-')));
    });
    afterEach(() => rm(into, { recursive: true, force: true }));

    const fetch = (reference: SourceReference, limits?: Partial<FetchLimits>, signal = new AbortController().signal) =>
      harness.source(limits).fetch(reference, into, recordingLog(), signal);
    const refused = (promise: Promise<unknown>) =>
      promise.then(
        () => expect.unreachable('it was fetched'),
        (error: DeploymentFailure) => ({ code: error.code, stage: error.stage }),
      );

    test('files arrive byte for byte, with their execute bit, and nothing else arrives', async () => {
      const reference = await harness.publish({
        'a/b.txt': 'naïve\r\n',
        'run.sh': { program: '#!/bin/sh\n' },
        'no-end': 'x',
      });
      const tree = await fetch(reference);
      expect(tree.root).toBe(into);
      expect((await readdir(into)).sort()).toEqual(['a', 'no-end', 'run.sh']);
      expect(await readFile(join(into, 'a/b.txt'), 'utf8')).toBe('naïve\r\n');
      expect((await stat(join(into, 'run.sh'))).mode & 0o111).not.toBe(0);
      expect((await stat(join(into, 'no-end'))).mode & 0o111).toBe(0);
    });

    test('links inside the source stay links', async () => {
      await fetch(await harness.publish({ 'real/a.txt': 'a', link: { link: 'real' } }));
      expect(await readFile(join(into, 'link/a.txt'), 'utf8')).toBe('a');
      expect(await realpath(join(into, 'link'))).toBe(join(into, 'real'));
    });

    test('the app may be in a sub-folder', async () => {
      const reference = await harness.publish({ 'apps/web/index.html': 'hi', 'apps/api/index.js': '' });
      const tree = await fetch({ ...reference, rootDirectory: 'apps/web' });
      expect(tree.root).toBe(join(into, 'apps/web'));
    });

    test.each(['..', '../..', '/etc', 'a/../../b', 'absent', 'file.txt', 'a\0b'])(
      'the root directory %j is refused, and nothing is left',
      async (rootDirectory) => {
        const reference = await harness.publish({ 'file.txt': 'x' });
        expect(await refused(fetch({ ...reference, rootDirectory }))).toEqual({
          code: 'SOURCE_INVALID',
          stage: 'FETCH',
        });
        expect(await readdir(into)).toEqual([]);
      },
    );

    test('a root directory that is a link out of the source is refused', async () => {
      const reference = await harness.publish({ out: { link: '/etc' }, a: 'a' });
      expect(await refused(fetch({ ...reference, rootDirectory: 'out' }))).toMatchObject({ code: 'SOURCE_INVALID' });
      expect(await readdir(into)).toEqual([]);
    });

    test('what is not there is SOURCE_UNAVAILABLE', async () => {
      expect(await refused(fetch(harness.missing()))).toEqual({ code: 'SOURCE_UNAVAILABLE', stage: 'FETCH' });
      expect(await readdir(into)).toEqual([]);
    });

    test('a source beyond the size limit is SOURCE_TOO_LARGE, and nothing is left', async () => {
      const reference = await harness.publish({ large: 'x'.repeat(3_000_000) });
      expect(await refused(fetch(reference, { maxBytes: 1_000_000 }))).toEqual({
        code: 'SOURCE_TOO_LARGE',
        stage: 'FETCH',
      });
      expect(await readdir(into)).toEqual([]);
    });

    test('a signal that has fired rejects with its reason, one that timed out with SOURCE_TIMEOUT', async () => {
      const reference = await harness.publish({ a: 'a' });
      const reason = new Error('cancelled');
      await expect(fetch(reference, {}, AbortSignal.abort(reason))).rejects.toBe(reason);
      const late = AbortSignal.abort(new DOMException('late', 'TimeoutError'));
      expect(await refused(fetch(reference, {}, late))).toEqual({ code: 'SOURCE_TIMEOUT', stage: 'FETCH' });
      expect(await readdir(into)).toEqual([]);
    });
  });
}
