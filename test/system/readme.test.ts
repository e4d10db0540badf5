import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aPlatform, type TestPlatform } from './a-platform.js';
import { anApp } from './sample-app.js';
import { sampleRepository, type SampleRepository } from './sample-repository.js';
import { visit } from './visitors.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
let platform: TestPlatform;
let repository: SampleRepository;

beforeAll(async () => {
  platform = await aPlatform({ runtime: 'process', streams: 'sse' });
  repository = await sampleRepository(path.join(platform.folder, 'repositories', 'shop'));
  await repository.commit('main', anApp('from the README'));
}, 120_000);
afterAll(() => platform?.stop(), 60_000);

test('the sample of the README does what it says', { timeout: 120_000 }, async () => {
  const [, sample = ''] = /```ts\n([^]*?)```/.exec(await readFile(path.join(root, 'README.md'), 'utf8')) ?? [];
  const here = sample
    .replace('http://localhost:8080', platform.urls.server)
    .replace('https://github.com/acme/shop', repository.url)
    .replace('ada@example.com', 'grace@example.com');
  expect(here).not.toBe(sample);
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', here], {
    cwd: root,
    timeout: 100_000,
  });
  const lines = stdout.trim().split('\n');
  expect(lines).toContain('Healthy');
  expect(await visit(lines.at(-1) ?? '')).toEqual({ status: 200, body: 'from the README' });
});
