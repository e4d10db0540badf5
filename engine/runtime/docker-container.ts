import type { ContainerCreateOptions, ContainerInfo, ContainerInspectInfo } from 'dockerode';
import type { InstanceLimits } from '@apployd/core/demand';
import { volumeVariable } from '@apployd/core/volume';
import { imageNameOf } from './docker-image.js';
import { managedLabel, ownerLabel } from './docker-labels.js';
import { mountOptions } from './docker-mounts.js';
import type { StartRequest } from './runtime.js';

export type DockerContainerOptions = {
  /** Whose containers these are, where several platforms share one Docker engine: `list` shows no others. */
  readonly owner?: string;
  /** Publishes ports on this address of the Docker engine's machine: for engines whose containers cannot be reached directly. */
  readonly publish?: { readonly host: string } | null;
  readonly maxProcesses?: number;
  readonly capabilities?: readonly string[];
  readonly log?: { readonly maxBytes: number; readonly maxFiles: number };
};

/** What official images need to hand their files to, and run as, a user of their own: nginx and most databases do. */
const commonCapabilities = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'KILL', 'NET_BIND_SERVICE', 'SETGID', 'SETUID'];

export function containerName(instanceId: string): string {
  return `apployd-${instanceId}`;
}

/** How an instance's container is to be made. Customers' text goes nowhere but into its command and environment. */
export function containerOptions(
  request: StartRequest,
  machine: { readonly network: string; readonly cpus: number },
  options: DockerContainerOptions,
): ContainerCreateOptions {
  const port = `${request.port}/tcp`;
  return {
    Image: imageNameOf(request.imageId),
    ...(request.command && { Cmd: [...request.command] }),
    Env: Object.entries({ ...request.variables, ...placesOf(request), PORT: String(request.port) }).map(
      ([name, value]) => `${name}=${value}`,
    ),
    Labels: { ...labels(request), ...(options.owner && { [ownerLabel]: options.owner }) },
    ExposedPorts: { [port]: {} },
    HostConfig: {
      ...hostLimits(request.limits, machine.cpus),
      PidsLimit: options.maxProcesses ?? 1024,
      ...(request.mounts.length > 0 && { Mounts: mountOptions(request.mounts) }),
      NetworkMode: machine.network,
      CapDrop: ['ALL'],
      CapAdd: [...(options.capabilities ?? commonCapabilities)],
      SecurityOpt: ['no-new-privileges'],
      Init: true,
      // Docker must not restart it: a crash would go unseen, and the container would come back with another address than
      // its route leads to. The engine does, which also covers containers that end with their Docker engine.
      RestartPolicy: { Name: 'no' },
      LogConfig: logConfig(options),
      ...(options.publish && { PortBindings: { [port]: [{ HostIp: options.publish.host, HostPort: '' }] } }),
    },
  };
}

function placesOf({ mounts }: StartRequest): Record<string, string> {
  return Object.fromEntries(mounts.map(({ name, path }) => [volumeVariable(name), path]));
}

/** Swap would only hide a limit that is too small. Docker takes no more CPUs than the machine has. */
export function hostLimits({ memoryBytes, cpuMillicores }: InstanceLimits, cpus: number) {
  return { Memory: memoryBytes, MemorySwap: memoryBytes, NanoCpus: Math.min(cpuMillicores, cpus * 1_000) * 1_000_000 };
}

function labels(request: StartRequest): Record<string, string> {
  return {
    [managedLabel]: 'true',
    'apployd.instance': request.instanceId,
    'apployd.deployment': request.deploymentId,
    'apployd.environment': request.environmentId,
    'apployd.project': request.projectId,
    'apployd.organization': request.organizationId,
    'apployd.process': request.process,
    'apployd.port': String(request.port),
  };
}

function logConfig({ log = { maxBytes: 10 * 2 ** 20, maxFiles: 3 } }: DockerContainerOptions) {
  return { Type: 'json-file', Config: { 'max-size': String(log.maxBytes), 'max-file': String(log.maxFiles) } };
}

/** Where a running container is reached; null when it is not. */
export function addressOf(
  info: ContainerInspectInfo,
  { publish }: DockerContainerOptions,
): { host: string; port: number } | null {
  const port = Number(info.Config.Labels['apployd.port']);
  if (publish) {
    const published = info.NetworkSettings.Ports[`${port}/tcp`]?.[0]?.HostPort;
    return published ? { host: publish.host, port: Number(published) } : null;
  }
  const host = Object.values(info.NetworkSettings.Networks)[0]?.IPAddress;
  return host ? { host, port } : null;
}

/** The same from a list's entry; without a host when it does not run. */
export function listedAddressOf(
  info: ContainerInfo,
  { publish }: DockerContainerOptions,
): { host: string; port: number } {
  const port = Number(info.Labels['apployd.port']);
  if (!publish) return { host: Object.values(info.NetworkSettings.Networks)[0]?.IPAddress ?? '', port };
  const published = info.Ports.find(({ PrivatePort }) => PrivatePort === port)?.PublicPort;
  return published ? { host: publish.host, port: published } : { host: '', port };
}
