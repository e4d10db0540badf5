import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import Docker from 'dockerode';
import { dockerAnswers } from './host/docker-engine.js';

export type LeftoverScope = {
  /** Processes count when this is in their environment, command line or working directory: a unique folder name. */
  readonly marker: string;
  /** What is in Docker counts when it carries these labels, each `name` or `name=value`. */
  readonly labels?: readonly string[];
};

/**
 * Notes what is there now. What it returns lists, one sentence each, what has come since and is still there after
 * `withinMs`: containers, networks, volumes, images, processes. Folders are for the caller, who knows where to look.
 */
export async function watchLeftovers(scope: LeftoverScope): Promise<(withinMs?: number) => Promise<readonly string[]>> {
  const before = new Set((await everythingOf(scope)).map(({ id }) => id));
  const since = async () => (await everythingOf(scope)).filter(({ id }) => !before.has(id)).map(({ text }) => text);
  return async (withinMs = 0) => {
    const deadline = Date.now() + withinMs;
    let left = await since();
    while (left.length > 0 && Date.now() < deadline) {
      await sleep(100);
      left = await since();
    }
    return left;
  };
}

type Thing = { readonly id: string; readonly text: string };

async function everythingOf(scope: LeftoverScope): Promise<readonly Thing[]> {
  const processes = (await processesOf(scope.marker)).map(({ pid, command }) => ({
    id: `process ${pid}`,
    text: `process ${pid}: ${command}`,
  }));
  return [...processes, ...(await inDocker(scope.labels ?? ['apployd.managed']))];
}

async function inDocker(label: readonly string[]): Promise<readonly Thing[]> {
  if (!(await dockerAnswers())) return [];
  const docker = new Docker({ timeout: 30_000 });
  const filters = { label: [...label] };
  const [containers, networks, volumes, images] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
    docker.listImages({ filters: JSON.stringify(filters) }),
  ]);
  return [
    ...containers.map(({ Id, Names, State }) => thing('container', Id, `${Names[0] ?? ''} (${State})`)),
    ...networks.filter(({ Name }) => Name !== networkOfBuilds).map(({ Id, Name }) => thing('network', Id, Name)),
    ...(volumes.Volumes ?? []).map(({ Name }) => thing('volume', Name, '')),
    ...images.map(({ Id, RepoTags }) => thing('image', Id, RepoTags?.join(', ') ?? '')),
  ];
}

/** Made once for an engine, whatever is built, and kept. */
const networkOfBuilds = 'apployd-build';

const thing = (kind: string, id: string, name: string): Thing => ({
  id: `${kind} ${id}`,
  text: `${kind} ${id.replace('sha256:', '').slice(0, 12)} ${name}`.trim(),
});

export type MarkedProcess = { readonly pid: number; readonly command: string };

/** Running processes that belong to a run. Linux only: elsewhere there is no looking into the others' environment. */
export async function processesOf(marker: string): Promise<readonly MarkedProcess[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map((pid) => markedProcess(pid, marker)));
  return found.filter((process) => process !== null);
}

/** Ends all that still runs of a run: asks, waits a little, then insists. */
export async function endProcessesOf(marker: string): Promise<void> {
  await signalAll(marker, 'SIGTERM');
  const deadline = Date.now() + 5000;
  while (Date.now() < deadline && (await processesOf(marker)).length > 0) await sleep(50);
  await signalAll(marker, 'SIGKILL');
}

async function signalAll(marker: string, signal: NodeJS.Signals): Promise<void> {
  for (const { pid } of await processesOf(marker)) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended by itself.
    }
  }
}

async function markedProcess(pid: string, marker: string): Promise<MarkedProcess | null> {
  const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
  const [environment, command, stat] = await Promise.all([read('environ'), read('cmdline'), read('stat')]);
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => '');
  const isOurs = [environment, command, folder].some((text) => text.includes(marker));
  const hasEnded = stat === '' || stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  return isOurs && !hasEnded ? { pid: Number(pid), command: command.replaceAll('\0', ' ').trim() } : null;
}
