import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../host/command.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What `git clone` would bring into this folder, and what is not committed yet. */
export async function aCheckout(folder: string): Promise<void> {
  const listed = await run('git', ['-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    timeoutMs: 30_000,
  });
  const files = listed.split('\0').filter((file) => file !== '' && existsSync(path.join(root, file)));
  await Promise.all(files.map((file) => cp(path.join(root, file), path.join(folder, file))));
}
