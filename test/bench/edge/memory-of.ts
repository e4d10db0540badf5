import { readdir, readFile } from 'node:fs/promises';

/** MiB of the largest process that another has started: all that it holds, what it shares with others included. */
export async function largestChildOf(pid: number): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const sizes = await Promise.all(pids.map((each) => sizeOf(each, pid)));
  return Math.max(...sizes);
}

async function sizeOf(child: string, parent: number): Promise<number> {
  const status = await readFile(`/proc/${child}/status`, 'utf8').catch(() => '');
  const figure = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? -1);
  return figure('PPid') === parent ? figure('VmRSS') / 1024 : 0;
}
