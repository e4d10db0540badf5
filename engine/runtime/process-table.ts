import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';

export type ProcessEntry = {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** Tells a process from a later one with the same pid. */
  readonly startTime: string;
  readonly residentBytes: number;
  readonly cpuMs: number;
};

const run = promisify(execFile);
const tickMs = 10;
const psDeadlineMs = 5_000;

/** Everything that runs on this machine, without what has ended and only waits to be collected. */
export async function readProcesses(): Promise<ProcessEntry[]> {
  if (process.platform !== 'linux') return readByPs(['-A']);
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return names.map((name) => readStat(Number(name))).filter((entry) => entry !== null);
}

/** One process, or null when there is none with this pid. */
export async function readProcess(pid: number): Promise<ProcessEntry | null> {
  if (process.platform === 'linux') return readStat(pid);
  const entries = await readByPs(['-p', String(pid)]);
  return entries[0] ?? null;
}

/** True while the very process runs that had this pid at this start time. */
export async function isRunning(pid: number, startTime: string): Promise<boolean> {
  return (await readProcess(pid))?.startTime === startTime;
}

/** The kernel answers from memory: reading at once costs a tenth of what handing each file to a thread does. */
function readStat(pid: number): ProcessEntry | null {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return null;
  }
}

/** A line of /proc/<pid>/stat. The name in parentheses may itself hold spaces and parentheses. */
export function parseStat(text: string): ProcessEntry | null {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group] = fields;
  if (!state || 'ZXx'.includes(state)) return null;
  const number = (field: number) => Number(fields[field - 3]);
  return {
    pid: parseInt(text, 10),
    parent: Number(parent),
    group: Number(group),
    startTime: fields[22 - 3] ?? '',
    residentBytes: number(24) * pageBytes(),
    cpuMs: (number(14) + number(15) + number(16) + number(17)) * tickMs,
  };
}

let knownPageBytes: number | null = null;

/** 4 KiB on most machines, 16 or 64 on some: libuv knows its own memory in bytes, the kernel's file says it in pages. */
function pageBytes(): number {
  if (knownPageBytes) return knownPageBytes;
  const pages = Number(readFileSync('/proc/self/statm', 'utf8').split(' ')[1]);
  knownPageBytes = 2 ** Math.max(12, Math.round(Math.log2(process.memoryUsage.rss() / pages)));
  return knownPageBytes;
}

async function readByPs(which: readonly string[]): Promise<ProcessEntry[]> {
  const columns = 'pid=,ppid=,pgid=,rss=,stat=,time=,lstart=';
  const options = { timeout: psDeadlineMs, maxBuffer: 2 ** 24, env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' } };
  const { stdout } = await run('ps', [...which, '-o', columns], options).catch(() => ({ stdout: '' }));
  return stdout.split('\n').flatMap((line) => parsePs(line) ?? []);
}

/** A line of `ps -o pid=,ppid=,pgid=,rss=,stat=,time=,lstart=`. */
export function parsePs(line: string): ProcessEntry | null {
  const [pid, parent, group, rss, state = '', time = '', ...started] = line.trim().split(/\s+/);
  if (!pid || state.startsWith('Z')) return null;
  return {
    pid: Number(pid),
    parent: Number(parent),
    group: Number(group),
    startTime: started.join(' '),
    residentBytes: Number(rss) * 1024,
    cpuMs: timeMs(time),
  };
}

/** `[[days-]hours:]minutes:seconds` */
function timeMs(text: string): number {
  const [clock = '', days = '0'] = text.split('-').reverse();
  return clock.split(':').reduce((sum, part) => sum * 60 + Number(part), (Number(days) * 24) / 60) * 1000;
}
