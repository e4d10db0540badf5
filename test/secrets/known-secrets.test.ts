import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sharedSettings } from '@apployd/backplane/config/shared';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** A value behind the name, in code, in a shell's line or in a file of settings. What is computed is none. */
const given = /APPLOYD_SECRET['"]?\s*[:=]\s*['"]?([^\s'"`,;(){}$<>]+)['"\s]/g;

test('no secret that stands in this repository starts a platform', async () => {
  const { stdout } = await run('git', ['ls-files', '-z'], { cwd: root, maxBuffer: 16 * 1024 * 1024 });
  const texts = stdout.split('\0').filter((name) => /\.(ts|tsx|js|mjs|md|ya?ml|sh|json|env)$|\.env/.test(name));
  const found: string[] = [];
  for (const name of texts) {
    const text = await readFile(path.join(root, name), 'utf8').catch(() => '');
    for (const [, value = ''] of text.matchAll(given)) found.push(value);
  }
  expect(found.length).toBeGreaterThan(0);
  for (const value of found) {
    expect(sharedSettings.shape.APPLOYD_SECRET.safeParse(value).success, value).toBe(false);
  }
});
