import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../..');

async function collect(room: string): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'launch-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await run(process.execPath, ['launch/docker/collect.mjs', room, folder], { cwd: root, timeout: 100_000 });
  return folder;
}

const packagesIn = (folder: string) => readdir(path.join(folder, 'node_modules'));
const forDevelopment = ['typescript', 'prisma', 'vite', 'vitest', 'esbuild', 'tsx', 'eslint'];

test(
  'an image of the server has no code of the engine, and nothing that talks to Docker',
  { timeout: 120_000 },
  async () => {
    const folder = await collect('server');
    const packages = await packagesIn(folder);
    expect(packages).toEqual(expect.arrayContaining(['@apployd', 'graphql-yoga', 'pg']));
    expect(packages.filter((name) => [...forDevelopment, 'dockerode', 'docker-modem'].includes(name))).toEqual([]);
    expect(await readdir(path.join(folder, 'node_modules', '@apployd'))).toEqual(['backplane', 'core', 'prisma']);
    expect(existsSync(path.join(folder, 'prisma', 'migrations'))).toBe(true);
    expect(existsSync(path.join(folder, 'engine'))).toBe(false);
  },
);

test('an image of the dashboard has the SDK and no other room', { timeout: 120_000 }, async () => {
  const folder = await collect('dashboard');
  expect(await readdir(path.join(folder, 'node_modules', '@apployd'))).toEqual(['sdk']);
  expect((await packagesIn(folder)).filter((name) => [...forDevelopment, 'pg'].includes(name))).toEqual([]);
});
