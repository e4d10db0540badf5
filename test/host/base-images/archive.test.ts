import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../command.js';
import { writeArchive } from './archive.js';
import type { Recipe } from './recipes.js';

// The tar of other systems cannot leave out who wrote a file, and when.
test.skipIf(process.platform !== 'linux')(
  'the same files give the same image, whenever they were written',
  async () => {
    expect(await configOf(recipe(new Date(0)))).toEqual(await configOf(recipe(new Date())));
    expect(await configOf(recipe(new Date(), 'other'))).not.toEqual(await configOf(recipe(new Date())));
  },
);

const recipe = (written: Date, content = 'hello'): Recipe => ({
  suite: 'docker',
  tag: 'greeting:1',
  programs: {},
  config: { Cmd: ['cat', '/greeting'] },
  layers: [
    async (root) => {
      await writeFile(path.join(root, 'greeting'), content);
      await utimes(path.join(root, 'greeting'), written, written);
    },
  ],
});

/** What an engine makes the image's id of. */
async function configOf(made: Recipe): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'apployd-archive-'));
  try {
    const archive = await writeArchive(made, folder);
    await run('tar', ['-xf', archive, '-C', folder, './config.json'], { timeoutMs: 10_000 });
    return await readFile(path.join(folder, 'config.json'), 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
