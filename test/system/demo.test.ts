import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { watchLeftovers } from '../leftovers.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;
/** Nothing has it: the process runtime leaves Docker alone, where others may be at work meanwhile. */
const notInDocker = ['apployd.none'];
/** Of no concern to the demo. */
const ofTheShell = {
  DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/nothing',
  REDIS_URL: 'redis://127.0.0.1:1',
  APPLOYD_SECRET: 'short',
  APPLOYD_PUBLIC_URL: 'https://elsewhere.example',
  APPLOYD_BASE_DOMAIN: 'elsewhere.example',
};

beforeAll(async () => {
  folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'apployd-demo-test-')));
  await run('chmod', ['711', folder]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test(
  'the demo goes from a repository to a live URL and back, fails no request, and leaves nothing',
  { timeout: 180_000 },
  async () => {
    const leftBehind = await watchLeftovers({ marker: path.basename(folder), labels: notInDocker });
    const args = ['launch/start.mjs', 'demo', '--runtime', 'process'];
    const { stdout } = await run(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...ofTheShell, TMPDIR: folder },
      timeout: 150_000,
    });
    expect(stdout).toContain('the process runtime: ENGINE_RUNTIME says so');
    expect(stdout).toContain('It does not isolate apps');
    expect(stdout).toMatch(/answers: Hello from Apployd\n[^]*answers: Hello again\n[^]*answers: Hello from Apployd\n/);
    expect(stdout).toMatch(/\d{2,} requests meanwhile, 0 failed/);
    expect(stdout).toMatch(/first deploy .*\nsecond deploy .*\nrollback /);
    expect(await leftBehind(10_000)).toEqual([]);
    expect((await readdir(folder)).filter((name) => name.startsWith('apployd-demo'))).toEqual([]);
  },
);

test('Ctrl-C ends the demo in the middle of a deployment, and leaves nothing', { timeout: 120_000 }, async () => {
  const leftBehind = await watchLeftovers({ marker: path.basename(folder), labels: notInDocker });
  const env = { ...process.env, TMPDIR: folder };
  const demo = spawn(process.execPath, ['launch/start.mjs', 'demo', '--runtime', 'process'], { cwd: root, env });
  let output = '';
  // Of a build that is over soon only the log may be seen.
  const isBuilding = /BUILDING|Fetching/;
  for (const stream of [demo.stdout, demo.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      const wasBuilding = isBuilding.test(output);
      output += chunk.toString();
      if (!wasBuilding && isBuilding.test(output)) demo.kill('SIGINT');
    });
  }
  const [code] = (await once(demo, 'close')) as [number | null];
  expect([code, output]).toEqual([1, expect.stringMatching(/demo: ended\n$/)]);
  expect(output).not.toContain('Deploying a second commit');
  expect(await leftBehind(10_000)).toEqual([]);
  expect((await readdir(folder)).filter((name) => name.startsWith('apployd-demo'))).toEqual([]);
});

test('an argument that the demo does not know is refused in one line', async () => {
  const failed = run(process.execPath, ['launch/start.mjs', 'demo', '--runtime', 'cloud'], { cwd: root });
  await expect(failed).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^demo: npm run demo -- .*\n$/) as unknown,
  });
});
