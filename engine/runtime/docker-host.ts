import os from 'node:os';
import type Docker from 'dockerode';
import { callOptions } from './docker-call.js';

/**
 * Whether the Docker engine runs on this machine itself, so that its containers can be reached by their own addresses and
 * its files can be read. Not so in a virtual machine (Docker Desktop), elsewhere, or without root.
 */
export async function isLocalDocker(docker: Docker): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  // The types know of no options, dockerode does.
  const ask = docker.info.bind(docker) as unknown as (options: object) => Promise<DockerInfo>;
  const info = await ask(callOptions());
  const { Name: name, OperatingSystem: system, SecurityOptions: security } = info;
  const rootless = (security ?? []).some((option) => option.includes('rootless'));
  return name === os.hostname() && !rootless && system !== 'Docker Desktop';
}

type DockerInfo = {
  readonly Name: string;
  readonly OperatingSystem: string;
  readonly SecurityOptions: readonly string[] | null;
};
