import { access, mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@apployd/core/clock';
import type { InstanceLimits } from '@apployd/core/demand';
import type { InstanceUsage } from './runtime.js';
import { readCgroupUsage } from './cgroup-usage.js';

/** Control group folders of one instance: three in version 1, one and the same in version 2. */
export type ProcessCgroup = {
  readonly version: 1 | 2;
  readonly memory: string;
  readonly cpu: string;
  readonly pids: string;
  readonly accounting: string;
};

const mount = '/sys/fs/cgroup';
const periodUs = 100_000;
const removeTries = 50;
const removeAgainMs = 40;

/** Makes groups with these limits below `parent`; null where this process may not, or there are none. */
export async function createCgroup(
  parent: string,
  name: string,
  limits: InstanceLimits,
  maxProcesses: number,
): Promise<ProcessCgroup | null> {
  const group = await findCgroup(parent, name);
  if (!group) return null;
  try {
    await (group.version === 1 ? limitV1(group, limits, maxProcesses) : limitV2(group, limits, maxProcesses));
    return group;
  } catch {
    await removeCgroup(group);
    return null;
  }
}

/** Where a group is, or would be; null where there are no control groups. */
export async function findCgroup(parent: string, name: string): Promise<ProcessCgroup | null> {
  const below = (controller: string) => join(mount, controller, parent, name);
  if (await exists(join(mount, 'cgroup.controllers'))) {
    return { version: 2, memory: below(''), cpu: below(''), pids: below(''), accounting: below('') };
  }
  if (!(await exists(join(mount, 'memory')))) return null;
  return { version: 1, memory: below('memory'), cpu: below('cpu'), pids: below('pids'), accounting: below('cpuacct') };
}

/** Moves processes in; what they start later is in as well. */
export async function joinCgroup(group: ProcessCgroup, pid: number): Promise<void> {
  for (const folder of folders(group)) await writeFile(join(folder, 'cgroup.procs'), String(pid));
}

export async function cgroupPids(group: ProcessCgroup): Promise<number[]> {
  const texts = await Promise.all(
    folders(group).map((folder) => readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '')),
  );
  return [...new Set(texts.flatMap((text) => text.split('\n').filter(Boolean).map(Number)))];
}

/** Whether the kernel has killed something in here for want of memory. */
export async function cgroupRanOutOfMemory(group: ProcessCgroup): Promise<boolean> {
  const file = group.version === 1 ? 'memory.oom_control' : 'memory.events';
  const text = await readFile(join(group.memory, file), 'utf8').catch(() => '');
  return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0) > 0;
}

export function cgroupUsage(group: ProcessCgroup): Promise<InstanceUsage | null> {
  return readCgroupUsage(group.version, group.memory, group.accounting);
}

/**
 * Removing what is gone is not an error. A process that has ended counts until its parent collects it, which for one that
 * an earlier engine started may take a while: then an empty folder stays, which limits nothing.
 */
export async function removeCgroup(group: ProcessCgroup): Promise<void> {
  await Promise.all(folders(group).map(removeFolder));
}

async function removeFolder(folder: string): Promise<void> {
  for (let tried = 1; tried <= removeTries; tried += 1) {
    const problem = await rmdir(folder).then(
      () => null,
      (error: NodeJS.ErrnoException) => error.code,
    );
    if (problem !== 'EBUSY') return;
    await systemClock.sleep(removeAgainMs);
  }
}

/** Gives the group other limits. Rejects, and leaves it as it was, where the kernel will not have so little memory. */
export async function resizeCgroup(group: ProcessCgroup, limits: InstanceLimits): Promise<void> {
  if (group.version === 2) return setLimitsV2(group, limits);
  // Memory with swap may never be below memory: what grows does so first, what shrinks does so last.
  await setSwapV1(group, limits.memoryBytes);
  await setMemoryV1(group, limits.memoryBytes);
  await setSwapV1(group, limits.memoryBytes);
  await setCpuV1(group, limits);
}

async function limitV1(group: ProcessCgroup, limits: InstanceLimits, maxProcesses: number): Promise<void> {
  for (const folder of folders(group)) await mkdir(folder, { recursive: true });
  await setMemoryV1(group, limits.memoryBytes);
  await setSwapV1(group, limits.memoryBytes);
  await setCpuV1(group, limits);
  await writeFile(join(group.pids, 'pids.max'), String(maxProcesses));
}

function setMemoryV1(group: ProcessCgroup, bytes: number): Promise<void> {
  return writeFile(join(group.memory, 'memory.limit_in_bytes'), String(bytes));
}

/** Kernels without swap accounting have no such file; then swap is not limited. */
async function setSwapV1(group: ProcessCgroup, bytes: number): Promise<void> {
  await writeFile(join(group.memory, 'memory.memsw.limit_in_bytes'), String(bytes)).catch(() => undefined);
}

async function setCpuV1(group: ProcessCgroup, limits: InstanceLimits): Promise<void> {
  await writeFile(join(group.cpu, 'cpu.cfs_period_us'), String(periodUs));
  await writeFile(join(group.cpu, 'cpu.cfs_quota_us'), String(quotaUs(limits)));
}

/** A group passes controllers on only where it holds no process itself, so this needs a parent of our own below the root. */
async function limitV2(group: ProcessCgroup, limits: InstanceLimits, maxProcesses: number): Promise<void> {
  const parent = join(group.memory, '..');
  await mkdir(parent, { recursive: true });
  for (const folder of [join(parent, '..'), parent]) {
    await writeFile(join(folder, 'cgroup.subtree_control'), '+memory +cpu +pids');
  }
  await mkdir(group.memory, { recursive: true });
  await setLimitsV2(group, limits);
  await writeFile(join(group.memory, 'memory.swap.max'), '0').catch(() => undefined);
  await writeFile(join(group.pids, 'pids.max'), String(maxProcesses));
}

async function setLimitsV2(group: ProcessCgroup, limits: InstanceLimits): Promise<void> {
  await writeFile(join(group.memory, 'memory.max'), String(limits.memoryBytes));
  await writeFile(join(group.cpu, 'cpu.max'), `${quotaUs(limits)} ${periodUs}`);
}

/** The kernel takes no quota below a thousandth of a second. */
function quotaUs(limits: InstanceLimits): number {
  return Math.max(1_000, Math.round((limits.cpuMillicores / 1000) * periodUs));
}

function folders(group: ProcessCgroup): string[] {
  return [...new Set([group.memory, group.cpu, group.pids, group.accounting])];
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
