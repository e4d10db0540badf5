import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readCgroupUsage } from './cgroup-usage.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'apployd-cgroup-'));
});
afterEach(() => rm(folder, { recursive: true }));

const files = (texts: Readonly<Record<string, string>>) =>
  Promise.all(Object.entries(texts).map(([name, text]) => writeFile(path.join(folder, name), text)));

test('version 1: memory less what is cached of files and not in use, and time on a core', async () => {
  await files({
    'memory.usage_in_bytes': '104857600\n',
    'memory.stat': 'cache 52428800\ninactive_file 1\ntotal_cache 52428800\ntotal_inactive_file 41943040\n',
    'cpuacct.usage': '1234567890\n',
  });
  expect(await readCgroupUsage(1, folder, folder)).toMatchObject({ memoryBytes: 62_914_560, cpuMs: 1_235 });
});

test('version 2: the same from its own files', async () => {
  await files({
    'memory.current': '104857600\n',
    'memory.stat': 'anon 10\nfile 52428800\ninactive_file 41943040\nactive_file 10485760\n',
    'cpu.stat': 'usage_usec 1234567\nuser_usec 1000000\nsystem_usec 234567\nnr_periods 0\n',
  });
  expect(await readCgroupUsage(2, folder, folder)).toMatchObject({ memoryBytes: 62_914_560, cpuMs: 1_235 });
});

test('a group that is gone uses nothing', async () => {
  expect(await readCgroupUsage(1, folder, folder)).toBeNull();
  expect(await readCgroupUsage(2, folder, folder)).toBeNull();
});
