import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstanceUsage } from './runtime.js';

/** Memory less the file cache that the kernel would give back at once, and CPU time; null when the group is gone. */
export async function readCgroupUsage(version: 1 | 2, memory: string, cpu: string): Promise<InstanceUsage | null> {
  const [usedFile, cachedWord, cpuFile] =
    version === 1
      ? (['memory.usage_in_bytes', 'total_inactive_file', 'cpuacct.usage'] as const)
      : (['memory.current', 'inactive_file', 'cpu.stat'] as const);
  const read = (folder: string, file: string) => readFile(join(folder, file), 'utf8').catch(() => null);
  const [used, stat, time] = await Promise.all([
    read(memory, usedFile),
    read(memory, 'memory.stat'),
    read(cpu, cpuFile),
  ]);
  if (used === null || time === null) return null;
  const cached = numberOf(stat ?? '', cachedWord);
  const cpuMs = version === 1 ? Number(time) / 1e6 : numberOf(time, 'usage_usec') / 1e3;
  return { memoryBytes: Math.max(0, Number(used) - cached), cpuMs: Math.round(cpuMs), at: new Date() };
}

function numberOf(text: string, word: string): number {
  return Number(new RegExp(`^${word} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}
