import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeFiles } from '../source/fake.js';
import { listContext, packContext } from './context.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'apployd-context-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const paths = async () => (await listContext(root)).map(({ path }) => path);

test('.dockerignore is read as Docker reads it: from the root, last match wins, exceptions reach into folders', async () => {
  await writeFiles(root, {
    '.dockerignore': '\uFEFF# comment\nnode_modules\n**/*.log\nlarge\n!large/deep/kept\n/rooted\n',
    'node_modules/x/y': '',
    'sub/node_modules/x': '',
    'sub/a.log': '',
    'large/deep/kept': '',
    'large/deep/other': '',
    rooted: '',
    'sub/rooted': '',
    '.git/HEAD': '',
  });
  expect(await paths()).toEqual([
    '.dockerignore',
    'large',
    'large/deep',
    'large/deep/kept',
    'sub',
    'sub/node_modules',
    'sub/node_modules/x',
    'sub/rooted',
  ]);
});

test('a .dockerignore that is a link out of the source is not read', async () => {
  await writeFiles(root, { '.dockerignore': { link: '/etc/passwd' }, a: '' });
  expect(await paths()).toEqual(['.dockerignore', 'a']);
});

test('the same content gives the same bytes, whenever it was written', async () => {
  const packed = async () =>
    buffer(packContext(root, await listContext(root), { extra: [{ path: 'x', content: 'é' }] }));
  await writeFiles(root, {
    b: 'b',
    'a/a': 'x'.repeat(100_000),
    'run.sh': { program: '' },
    link: { link: 'b' },
    empty: '',
  });
  const first = await packed();
  await utimes(join(root, 'b'), 1, 1);
  expect((await packed()).equals(first)).toBe(true);
});

test('a file that is gone before it is packed fails the pack', async () => {
  await writeFiles(root, { a: 'a' });
  const entries = await listContext(root);
  await rm(join(root, 'a'));
  await expect(buffer(packContext(root, entries))).rejects.toThrow('ENOENT');
});
