import os from 'node:os';
import type Docker from 'dockerode';
import { callOptions } from './docker-call.js';

/**
 * Whether the Docker engine runs on this machine itself, so that its containers can be reached by their own addresses and
 * its files can be read. Not so in a virtual machine (Docker Desktop), elsewhere, or without root.
 */
export async function isLocalDocker(docker: Docker): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  const info = await infoOf(docker);
  const { Name: name, OperatingSystem: system, SecurityOptions: security } = info;
  const rootless = (security ?? []).some((option) => option.includes('rootless'));
  return name === os.hostname() && !rootless && system !== 'Docker Desktop';
}

/** Where it keeps images and containers. */
export async function rootOf(docker: Docker): Promise<string> {
  return (await infoOf(docker)).DockerRootDir;
}

/** Asks once how many CPUs the engine's machine has; a question that failed is asked again. */
export function cpusOf(docker: Docker): () => Promise<number> {
  let known: Promise<number> | undefined;
  return () => {
    known ??= infoOf(docker)
      .then(({ NCPU }) => NCPU)
      .catch((error: unknown) => {
        known = undefined;
        throw error;
      });
    return known;
  };
}

/** The types know of no options, dockerode does. */
function infoOf(docker: Docker): Promise<DockerInfo> {
  const ask = docker.info.bind(docker) as unknown as (options: object) => Promise<DockerInfo>;
  return ask(callOptions());
}

type DockerInfo = {
  readonly Name: string;
  readonly DockerRootDir: string;
  readonly NCPU: number;
  readonly OperatingSystem: string;
  readonly SecurityOptions: readonly string[] | null;
};
