import { readFile } from 'node:fs/promises';
import { systemClock } from '@apployd/core/clock';
import { endProcess } from '../command/end-process.js';
import { readProcesses } from '../runtime/process-table.js';

/** Put into the environment of all that a build starts: children inherit it, so it finds those that left the process group. */
export const buildMark = 'APPLOYD_BUILD_ID';

const endDeadlineMs = 5_000;
const lookAgainMs = 20;

/** Ends everything that carries a build's mark. Only where /proc tells; elsewhere process groups have to do. */
export async function endMarked(buildId: string): Promise<void> {
  if (process.platform !== 'linux') return;
  const deadline = performance.now() + endDeadlineMs;
  for (;;) {
    const left = await markedPids(buildId);
    if (left.length === 0) return;
    for (const pid of left) endProcess(pid);
    if (performance.now() > deadline) throw new Error(`Processes of build ${buildId} did not end: ${left.join(', ')}`);
    await systemClock.sleep(lookAgainMs);
  }
}

async function markedPids(buildId: string): Promise<number[]> {
  const pids = (await readProcesses()).map(({ pid }) => pid).filter((pid) => pid !== process.pid);
  const marked = await Promise.all(pids.map((pid) => carriesMark(pid, buildId)));
  return pids.filter((_, index) => marked[index]);
}

async function carriesMark(pid: number, buildId: string): Promise<boolean> {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  return text.split('\0').includes(`${buildMark}=${buildId}`);
}
