import { readFile } from 'node:fs/promises';
import { systemClock } from '@apployd/core/clock';
import { endProcess } from '../command/end-process.js';
import { cgroupPids } from './process-cgroup.js';
import type { ProcessRecord } from './process-record.js';
import { isRunning, readProcesses } from './process-table.js';
import type { ProcessEntry } from './process-table.js';

/** Put into every app's environment: children inherit it, so it finds those that left the process group. */
export const instanceMark = 'APPLOYD_INSTANCE_ID';

const lookAgainMs = 20;
const killDeadlineMs = 10_000;

/** Everything that belongs to an instance: its control group, its process group, its descendants, and what carries its mark. */
export async function processTree(record: ProcessRecord): Promise<ProcessEntry[]> {
  const all = await readProcesses();
  const members = descendants(record, all);
  const grouped = new Set(record.cgroup ? await cgroupPids(record.cgroup) : []);
  const marked = await Promise.all(
    all.map(async ({ pid }) => members.has(pid) || grouped.has(pid) || (await carriesMark(pid, record.instanceId))),
  );
  return all.filter(({ pid }, index) => marked[index] && pid !== process.pid);
}

/** The leader's process group and descendants; cheaper, and enough to count memory by. */
export function descendants(record: ProcessRecord, all: readonly ProcessEntry[]): Set<number> {
  const { leader } = record;
  const found = new Set<number>();
  if (!leader || !all.some((entry) => entry.pid === leader.pid && entry.startTime === leader.startTime)) return found;
  found.add(leader.pid);
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const { pid, parent, group } of all) if (group === leader.pid || found.has(parent)) found.add(pid);
  }
  return found;
}

/** Asks the tree to end, waits for its leader up to `graceMs`, then ends all of it. Throws when something cannot be ended. */
export async function endTree(record: ProcessRecord, graceMs: number): Promise<void> {
  if (graceMs > 0 && record.leader && (await isRunning(record.leader.pid, record.leader.startTime))) {
    const tree = await processTree(record);
    await signalAll(tree, 'SIGTERM');
    // What sleeps hears of it only once it is awake.
    await signalAll(tree, 'SIGCONT');
    const { pid, startTime } = record.leader;
    await until(async () => !(await isRunning(pid, startTime)), graceMs);
  }
  const ended = await until(async () => {
    const left = await processTree(record);
    await signalAll(left, 'SIGKILL');
    return left.length === 0;
  }, killDeadlineMs);
  if (!ended)
    throw new Error(`Processes of instance ${record.instanceId} did not end within ${killDeadlineMs / 1000} s`);
}

const mostFreezes = 20;

/** Stops all of it, those too that were being started meanwhile: the looks go on until one finds nobody new. */
export async function freezeTree(record: ProcessRecord): Promise<void> {
  const frozen = new Set<number>();
  for (let look = 0; look < mostFreezes; look += 1) {
    const others = (await processTree(record)).filter(({ pid }) => !frozen.has(pid));
    if (others.length === 0) return;
    await signalAll(others, 'SIGSTOP');
    for (const { pid } of others) frozen.add(pid);
  }
}

export async function thawTree(record: ProcessRecord): Promise<void> {
  await signalAll(await processTree(record), 'SIGCONT');
}

/** Looks at the start time again right before: a pid may have a new owner by now. */
async function signalAll(entries: readonly ProcessEntry[], signal: NodeJS.Signals): Promise<void> {
  for (const { pid, startTime } of entries) {
    if (await isRunning(pid, startTime)) endProcess(pid, signal);
  }
}

async function until(holds: () => Promise<boolean>, forMs: number): Promise<boolean> {
  const deadline = performance.now() + forMs;
  for (;;) {
    if (await holds()) return true;
    if (performance.now() >= deadline) return false;
    await systemClock.sleep(lookAgainMs);
  }
}

async function carriesMark(pid: number, instanceId: string): Promise<boolean> {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  return text.split('\0').includes(`${instanceMark}=${instanceId}`);
}
