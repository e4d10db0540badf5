import { readFile } from 'node:fs/promises';

const ticksASecond = 100;

/** Milliseconds of CPU that a process has used so far, in user and kernel mode. */
export async function cpuOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold anything; what follows it is numbered from 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / ticksASecond;
}
