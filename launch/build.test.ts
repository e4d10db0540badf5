import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';

const run = promisify(execFile);
let root: string;

/** A repository with one room, and an npm that notes what it was asked for. */
beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'launch-test-'));
  for (const folder of ['launch', 'bin', 'core', 'sdk']) await mkdir(path.join(root, folder));
  for (const name of ['build.mjs', 'build-stamp.mjs', 'ensure-built.mjs']) {
    await copyFile(path.join(import.meta.dirname, name), path.join(root, 'launch', name));
  }
  await write('tsconfig.json', '{ "references": [{ "path": "core" }] }');
  for (const name of ['tsconfig.base.json', 'package-lock.json', 'core/word.ts', 'asked']) await write(name, '');
  const npm = '#!/bin/sh\necho "$@" >> asked\nmkdir -p core/dist sdk/dist\n';
  await writeFile(path.join(root, 'bin', 'npm'), npm, { mode: 0o755 });
});
afterEach(() => rm(root, { recursive: true }));

const write = (name: string, text: string) => writeFile(path.join(root, name), text);
const node = (...args: readonly string[]) =>
  run(process.execPath, args, { cwd: root, env: { ...process.env, PATH: `${root}/bin:${process.env.PATH}` } });
const build = () => node('launch/build.mjs');
const start = () => node('--input-type=module', '--eval', "(await import('./launch/ensure-built.mjs')).ensureBuilt()");
const asked = async () => (await readFile(path.join(root, 'asked'), 'utf8')).trim().split('\n');

test('a start builds nothing that `npm run build` has built', async () => {
  await build();
  await start();
  expect(await asked()).toEqual(['run --silent build:rooms']);
});

test('a start builds what was changed since, and what was never built', async () => {
  await start();
  await build();
  const later = new Date(Date.now() + 60_000);
  await utimes(path.join(root, 'core', 'word.ts'), later, later);
  await start();
  expect(await asked()).toEqual(['run --silent build', 'run --silent build:rooms', 'run --silent build']);
});

test('a build that fails says so and is not taken for one', async () => {
  await writeFile(path.join(root, 'bin', 'npm'), '#!/bin/sh\nmkdir -p core/dist sdk/dist\nexit 3\n', { mode: 0o755 });
  await expect(build()).rejects.toMatchObject({ code: 3 });
  await expect(start()).rejects.toThrow('the build failed');
});
