import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { aRequest } from './docker-sample.conformance.js';
import { processRecords } from './process-record.js';
import { startProcess } from './process-start.js';

test('an end that cannot be written down, on a full disk, is told and remembered, and ends nothing else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'apployd-start-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const request = aRequest('process:release', { command: [process.execPath, '-e', 'process.exit(3)'] });
  await mkdir(join(folder, 'release'));
  const records = processRecords(join(folder, 'instances'));
  const full = new Error('ENOSPC: no space left on device');
  const problems: unknown[] = [];
  const started = await startProcess(
    { ...records, update: () => Promise.reject(full) },
    {
      folder,
      releases: folder,
      volumes: folder,
      path: '/usr/bin:/bin',
      cgroupParent: null,
      user: null,
      maxProcesses: 100,
      maxOutputBytes: 1_000,
      onProblem: (error) => problems.push(error),
    },
    request,
    async () => 10_000,
  );
  expect(await started.ended).toEqual({ exitCode: 3, outOfMemory: false });
  expect(problems).toEqual([full]);
});
