import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'apployd-ci-'));
  for (const folder of ['.ci', 'bin']) await mkdir(path.join(root, folder));
  await copyFile(fileURLToPath(new URL('../.ci/run', import.meta.url)), path.join(root, '.ci', 'run'));
});
afterEach(() => rm(root, { recursive: true }));

/** What CI says and how it ends when npm does this. */
async function ci(npm: string, withinS = 60) {
  await writeFile(path.join(root, 'bin', 'npm'), `#!/bin/sh\n${npm}\n`, { mode: 0o755 });
  const env = { ...process.env, PATH: `${root}/bin:${process.env.PATH}`, CI_ENDS_WITHIN_S: String(withinS) };
  const child = spawn(path.join(root, '.ci', 'run'), ['core'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [[code], output] = await Promise.all([once(child, 'close') as Promise<[number]>, text(child.stdout)]);
  return { code, lines: output.trim().split('\n') };
}

test('CI checks, tests and ends with what the tests say', async () => {
  const { code, lines } = await ci('echo "$@"; [ "$1" = test ] && echo "3 passed, 0 failed"; true');
  expect(lines).toEqual([
    'ci --no-audit --no-fund',
    'run --silent check',
    'test -- --without install core',
    '3 passed, 0 failed',
  ]);
  expect(code).toBe(0);
});

test('tests that fail fail CI, in their own words', async () => {
  const { code, lines } = await ci('[ "$1" = test ] || exit 0; echo "3 passed, 1 failed"; exit 1');
  expect([code, lines.at(-1)]).toEqual([1, '3 passed, 1 failed']);
});

test.each(['ci', 'run', 'test'])('an npm %s that fails without a word still gives a closing line', async (part) => {
  const { code, lines } = await ci(`[ "$1" = ${part} ] && exit 7; true`);
  expect([code, lines.at(-1)]).toEqual([1, '0 passed, 1 failed']);
});

test.each(['ci', 'run', 'test'])('an npm %s that does not end is ended, with a closing line', async (part) => {
  const { code, lines } = await ci(`[ "$1" = ${part} ] && exec sleep 600; true`, 1);
  expect([code, lines.at(-1)]).toEqual([1, '0 passed, 1 failed']);
});

test('the tests are told to end before CI does', async () => {
  const { lines } = await ci('echo "$APPLOYD_TEST_ENDS_WITHIN_S"; echo "1 passed, 0 failed"', 1_000);
  const toldS = Number(lines.at(-2));
  expect(toldS).toBeGreaterThan(0);
  expect(toldS).toBeLessThanOrEqual(940);
});
