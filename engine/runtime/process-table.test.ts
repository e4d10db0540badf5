import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { isRunning, parsePs, parseStat, readProcess, readProcesses } from './process-table.js';

test('this process is found, with its parent and its memory', async () => {
  const own = await readProcess(process.pid);
  expect(own).toMatchObject({ pid: process.pid, parent: process.ppid });
  const rss = process.memoryUsage.rss();
  expect(own?.residentBytes).toBeGreaterThan(rss / 2);
  expect(own?.residentBytes).toBeLessThan(rss * 2);
  expect((await readProcesses()).map(({ pid }) => pid)).toContain(process.pid);
});

test('a process is told from an earlier one with the same pid', async () => {
  const own = await readProcess(process.pid);
  expect(await isRunning(process.pid, own?.startTime ?? '')).toBe(true);
  expect(await isRunning(process.pid, 'another time')).toBe(false);
});

test('a name with spaces and parentheses does not shift the fields', () => {
  const fields = Array.from({ length: 50 }, (_, i) => String(i + 4));
  expect(parseStat(`77 (a) S (b c) S ${fields.join(' ')}`)).toMatchObject({
    pid: 77,
    parent: 4,
    group: 5,
    startTime: '22',
  });
});

test('what has ended and only waits to be collected does not run', () => {
  expect(parseStat('77 (gone) Z 1 77 77 0')).toBeNull();
  expect(parsePs('77 1 77 0 Z 00:00 Mon Nov 23 15:57:12 2026')).toBeNull();
});

test('where there is no /proc, ps tells the same', async () => {
  expect(parsePs('  77     1    76  2048 Ss   1-02:03:04 Mon Nov 23 15:57:12 2026')).toEqual({
    pid: 77,
    parent: 1,
    group: 76,
    residentBytes: 2048 * 1024,
    cpuMs: (((24 + 2) * 60 + 3) * 60 + 4) * 1000,
    startTime: 'Mon Nov 23 15:57:12 2026',
  });
  const columns = 'pid=,ppid=,pgid=,rss=,stat=,time=,lstart=';
  const { stdout } = await promisify(execFile)('ps', ['-p', String(process.pid), '-o', columns]);
  expect(parsePs(stdout)).toMatchObject({ pid: process.pid, parent: process.ppid });
});
