import { expect, test } from 'vitest';
import { anySource } from './any-source.js';
import { recordingLog } from './recording-log.js';
import type { Source } from './source.js';

test('every reference goes to the source of its kind', async () => {
  const named = (root: string): Source => ({ fetch: () => Promise.resolve({ root, commit: null }) });
  const source = anySource({ git: named('git'), archive: named('archive') });
  const fetch = (reference: Parameters<Source['fetch']>[0]) =>
    source.fetch(reference, '/into', recordingLog(), new AbortController().signal);
  const git = { kind: 'git', repositoryUrl: 'https://git.test/x', ref: null, rootDirectory: null } as const;
  expect(await fetch(git)).toMatchObject({ root: 'git' });
  expect(await fetch({ kind: 'archive', blobKey: 'uploads/x', rootDirectory: null })).toMatchObject({
    root: 'archive',
  });
});
