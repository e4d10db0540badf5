import { expect, test } from 'vitest';
import { releaseFolder } from './release-folder.js';

test('a release is a folder below the root', () => {
  expect(releaseFolder('/data/releases', 'process:018f-7a')).toBe('/data/releases/018f-7a');
});

test.each([
  'process:..',
  'process:../etc',
  'process:a/b',
  'process:/etc',
  'process:',
  'process:a\0',
  'process:.git',
  'sha256:abc',
  'process:a\n',
])('%j is refused: it could lead out', (imageId) => {
  expect(() => releaseFolder('/data/releases', imageId)).toThrow('Not an image');
});
