import type Dockerode from 'dockerode';
import { describeBytes } from '@apployd/core/resources';
import { callOptions, unlessGone } from '../runtime/docker-call.js';
import { buildError } from './build-failure.js';

export type DockerBuildLimits = {
  /** What the steps of one build may write together. */
  readonly diskBytes: number;
  /** Processes and threads of one step at a time. */
  readonly maxProcesses: number;
};

export type DockerBuildWatch = {
  /** A step may run in this container. What a step prints can look like that: nothing is ended for its name alone. */
  step(container: string): void;
  end(): void;
};

/**
 * Sees to what Docker's builds have no limit for. A build that writes or forks more than it may is stopped with the failure
 * that says so; the limit of processes is the kernel's as well, so that in between the host has nothing to fear.
 */
export function watchDockerBuild(
  docker: Dockerode,
  network: string,
  limits: DockerBuildLimits,
  stop: (why: Error) => void,
): DockerBuildWatch {
  const written = new Map<string, number>();
  const running = new Set<string>();
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;

  const look = async () => {
    for (const id of running) {
      const found = await measure(docker, network, id);
      if (isOver) return;
      if (!found) running.delete(id);
      else written.set(id, found.bytes);
      if (found && found.processes >= limits.maxProcesses) return stop(tooManyProcesses(limits));
      if (sum(written.values()) > limits.diskBytes) return stop(tooMuchWritten(limits));
    }
  };
  const lookIn = (ms: number) => {
    timer = setTimeout(() => {
      const startedAt = performance.now();
      // What Docker does not answer now it is asked again.
      look()
        .catch(() => undefined)
        .finally(() => isOver || lookIn(Math.max(lookAgainMs, restPerLook * (performance.now() - startedAt))));
    }, ms);
  };
  lookIn(lookAgainMs);

  return {
    step(id) {
      if (written.has(id)) return;
      if (written.size >= mostSteps) return stop(buildError('The build has more steps than anybody needs.'));
      written.set(id, 0);
      running.add(id);
      limitProcesses(docker, network, id, limits).catch(() => undefined);
    },
    end() {
      isOver = true;
      clearTimeout(timer);
    },
  };
}

/** To add up what large steps have written takes Docker seconds: it is given a rest. */
const [lookAgainMs, restPerLook] = [500, 4];

/** Docker itself takes no Dockerfile with more layers. */
const mostSteps = 1_000;

type Measured = { readonly bytes: number; readonly processes: number };

/** Null when it is gone, or no container of a build. */
async function measure(docker: Dockerode, network: string, id: string): Promise<Measured | null> {
  const container = docker.getContainer(id);
  const found = await unlessGone(container.inspect({ size: true, ...callOptions() } as object));
  if (!found || found.HostConfig.NetworkMode !== network) return null;
  const volumes = found.Mounts.flatMap(({ Type, Name }) => (Type === 'volume' && Name ? [Name] : []));
  const stats = await unlessGone(
    container.stats({ stream: false, 'one-shot': true, ...callOptions() } as { stream: false }),
  );
  const written = (found as { readonly SizeRw?: number }).SizeRw ?? 0;
  const processes = stats?.pids_stats?.current ?? 0;
  return { bytes: written + (volumes.length > 0 ? await sizeOf(docker, volumes) : 0), processes };
}

/** What a Dockerfile declares as a volume is written beside the container. */
async function sizeOf(docker: Dockerode, volumes: readonly string[]): Promise<number> {
  const { Volumes } = await (docker as unknown as { df(options: object): Promise<DiskUse> }).df(callOptions());
  const ours = (Volumes ?? []).filter(({ Name }) => volumes.includes(Name));
  return sum(ours.map(({ UsageData }) => Math.max(0, UsageData?.Size ?? 0)));
}

type DiskUse = {
  readonly Volumes: readonly { readonly Name: string; readonly UsageData?: { readonly Size: number } }[] | null;
};

async function limitProcesses(docker: Dockerode, network: string, id: string, limits: DockerBuildLimits) {
  const container = docker.getContainer(id);
  const found = await unlessGone(container.inspect(callOptions() as object));
  if (found?.HostConfig.NetworkMode !== network) return;
  await container.update({ PidsLimit: limits.maxProcesses, ...callOptions() });
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const each of numbers) total += each;
  return total;
}

function tooMuchWritten({ diskBytes }: DockerBuildLimits): Error {
  return buildError(
    `The build wrote more than the ${describeBytes(diskBytes)} that it may. Let it clean up in the step that makes the files, and leave out what the app does not need.`,
  );
}

function tooManyProcesses({ maxProcesses }: DockerBuildLimits): Error {
  return buildError(
    `The build ran ${maxProcesses} processes and threads at once, which is as many as it may. Let it do less at once.`,
  );
}
