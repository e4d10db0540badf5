import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cgroupRanOutOfMemory } from './process-cgroup.js';
import { capOutput } from './process-output.js';
import type { ProcessRecord, ProcessRecords } from './process-record.js';
import { readProcesses } from './process-table.js';
import type { ProcessEntry } from './process-table.js';
import { descendants, endTree } from './process-tree.js';

export type Watched = {
  readonly records: ProcessRecords;
  readonly maxOutputBytes: number;
  /** Instances that this engine started: it hears of their end by itself. */
  isOurs(instanceId: string): boolean;
};

const lookMs = 500;

/**
 * Twice a second: ends what outgrew its memory where no control group does, keeps the output files small, and notes the
 * end of what an earlier engine started. Does not keep the process alive.
 */
export function watchProcesses(watched: Watched, signal?: AbortSignal): void {
  let busy = false;
  let lost: ReadonlySet<string> = new Set();
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    // An instance that is removed under our eyes is not worth a word; the next look starts afresh.
    void look(watched, lost)
      .then((found) => (lost = found))
      .catch(() => undefined)
      .finally(() => (busy = false));
  }, lookMs);
  timer.unref();
  signal?.addEventListener('abort', () => clearInterval(timer), { once: true });
}

/** Whether it was ended for want of memory, by the kernel or by the watch. */
export async function ranOutOfMemory(records: ProcessRecords, record: ProcessRecord): Promise<boolean> {
  if (record.cgroup && (await cgroupRanOutOfMemory(record.cgroup))) return true;
  return access(outOfMemoryFile(records, record)).then(
    () => true,
    () => false,
  );
}

/** Answers what was found to have ended; it is noted at the second sight, so that an engine that knows more goes first. */
async function look(watched: Watched, lostBefore: ReadonlySet<string>): Promise<Set<string>> {
  const { records, maxOutputBytes } = watched;
  const found = await Promise.all((await records.ids()).map((id) => records.read(id)));
  const active = found.filter((record) => record !== null && record.leader !== null && record.ended === null);
  const lost = new Set<string>();
  if (active.length === 0) return lost;
  const all = await readProcesses();
  for (const record of active as ProcessRecord[]) {
    const tree = descendants(record, all);
    if (tree.size === 0) lost.add(record.instanceId);
    if (tree.size === 0 && lostBefore.has(record.instanceId)) await noteLoss(watched, record);
    if (!record.cgroup && residentBytes(tree, all) > record.limits.memoryBytes) await endForMemory(records, record);
    await capOutput(records.folder(record.instanceId), maxOutputBytes);
  }
  return lost;
}

/** Started by an earlier engine and ended since: how is not known. */
async function noteLoss({ records, isOurs }: Watched, record: ProcessRecord): Promise<void> {
  if (isOurs(record.instanceId)) return;
  const outOfMemory = await ranOutOfMemory(records, record);
  await endTree(record, 0);
  const ended = { exitCode: null, outOfMemory };
  await records.update(record.instanceId, (kept) => (kept.ended ? kept : { ...kept, ended }));
}

async function endForMemory(records: ProcessRecords, record: ProcessRecord): Promise<void> {
  await writeFile(outOfMemoryFile(records, record), '');
  await endTree(record, 0);
}

function residentBytes(tree: ReadonlySet<number>, all: readonly ProcessEntry[]): number {
  return all.reduce((sum, { pid, residentBytes: bytes }) => (tree.has(pid) ? sum + bytes : sum), 0);
}

function outOfMemoryFile(records: ProcessRecords, record: ProcessRecord): string {
  return join(records.folder(record.instanceId), 'out-of-memory');
}
