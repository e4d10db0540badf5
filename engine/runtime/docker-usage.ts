import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { readCgroupUsage } from './cgroup-usage.js';
import { callOptions, unlessGone } from './docker-call.js';
import type { InstanceUsage } from './runtime.js';

type Groups = { readonly version: 1 | 2; readonly memory: string; readonly cpu: string };

const mount = '/sys/fs/cgroup';
/** Docker itself takes a second for the same question. */
const statsDeadlineMs = 10_000;

/** Reads usage from the control groups where this machine has them, else asks Docker. */
export function dockerUsage(docker: Docker, local: boolean): (handle: string) => Promise<InstanceUsage | null> {
  const known = new Map<string, Groups>();

  const find = async (handle: string): Promise<{ pid: number; groups: Groups | null } | null> => {
    const info = await unlessGone(docker.getContainer(handle).inspect(callOptions()));
    if (!info?.State.Running) return null;
    return { pid: info.State.Pid, groups: local ? await groupsOf(info.State.Pid) : null };
  };

  return async (handle) => {
    const before = known.get(handle);
    const quick = before && (await readCgroupUsage(before.version, before.memory, before.cpu));
    if (quick) return quick;
    known.delete(handle);
    const found = await find(handle);
    if (!found) return null;
    if (!found.groups) return askDocker(docker, handle);
    known.set(handle, found.groups);
    return readCgroupUsage(found.groups.version, found.groups.memory, found.groups.cpu);
  };
}

async function groupsOf(pid: number): Promise<Groups | null> {
  const text = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
  const paths = new Map(
    text.split('\n').flatMap(
      (line) =>
        line
          .split(':')[1]
          ?.split(',')
          .map((name) => [name, line.slice(line.indexOf('/'))] as const) ?? [],
    ),
  );
  const memory = paths.get('memory');
  const cpu = paths.get('cpuacct');
  const unified = paths.get('');
  const groups: Groups | null =
    memory && cpu
      ? { version: 1, memory: join(mount, 'memory', memory), cpu: join(mount, 'cpuacct', cpu) }
      : unified
        ? { version: 2, memory: join(mount, unified), cpu: join(mount, unified) }
        : null;
  return (
    groups &&
    (await access(groups.memory).then(
      () => groups,
      () => null,
    ))
  );
}

async function askDocker(docker: Docker, handle: string): Promise<InstanceUsage | null> {
  const options = { stream: false as const, 'one-shot': true, ...callOptions(statsDeadlineMs) };
  const stats = await unlessGone(docker.getContainer(handle).stats(options));
  if (!stats?.memory_stats.usage) return null;
  const { usage, stats: detail } = stats.memory_stats;
  const cached = detail.total_inactive_file ?? detail.inactive_file ?? 0;
  const cpuMs = Math.round(stats.cpu_stats.cpu_usage.total_usage / 1e6);
  return { memoryBytes: Math.max(0, usage - cached), cpuMs, at: new Date(stats.read) };
}
