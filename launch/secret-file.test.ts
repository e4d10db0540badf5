import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureSecret } from './secret-file.js';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'launch-test-'));
  file = path.join(folder, 'secret');
});
afterEach(() => rm(folder, { recursive: true }));

test('the secret is made once, for nobody else to read', async () => {
  const secret = await ensureSecret(folder);
  expect(secret).toMatch(/^[\w-]{43}$/);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await ensureSecret(folder)).toBe(secret);
});

test.each([0o644, 0o640, 0o660, 0o604])('a file with mode %o is refused, with how to close it', async (mode) => {
  await ensureSecret(folder);
  await chmod(file, mode);
  const octal = `0${mode.toString(8)}`;
  await expect(ensureSecret(folder)).rejects.toThrow(`(mode ${octal}): close it with \`chmod 600 ${file}\``);
  await chmod(file, 0o600);
  await ensureSecret(folder);
});

test('several secrets may stand in it, the newest first', async () => {
  const both = [randomBytes(32), randomBytes(32)].map((bytes) => bytes.toString('hex')).join(',');
  await writeFile(file, `${both}\n`, { mode: 0o600 });
  expect(await ensureSecret(folder)).toBe(both);
});

test.each(['', 'short', 'x'.repeat(64)])('a file that holds %j is refused, and left as it is', async (content) => {
  await writeFile(file, content, { mode: 0o600 });
  await expect(ensureSecret(folder)).rejects.toThrow('put it back from a backup');
  expect(await readFile(file, 'utf8')).toBe(content);
});
