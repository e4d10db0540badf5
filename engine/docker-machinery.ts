import { dockerBuilder } from './builder/docker.js';
import type { EngineConfig } from './config.js';
import type { Machinery, MachineryOptions } from './machinery.js';
import { loadDocker } from './runtime/docker-client.js';
import { dockerFirewall } from './runtime/docker-firewall.js';
import { keptFirewall } from './runtime/kept-firewall.js';
import { isLocalDocker, rootOf } from './runtime/docker-host.js';
import { ensureBuildNetwork } from './runtime/docker-network.js';
import { dockerRuntime } from './runtime/docker.js';
import { dockerVolumes } from './runtime/docker-volumes.js';

const Docker = loadDocker();
const pingMs = 2_000;

/** Builds and runs in the Docker engine that DOCKER_HOST names, or the one of this machine. */
export async function dockerMachinery({ config, serverId, log, signal }: MachineryOptions): Promise<Machinery> {
  const client = new Docker();
  const local = await isLocalDocker(client);
  const warn = (message: string) => log.warn(message);
  const rules = () => dockerFirewall({ warn, openPorts: [publicPort(config)] });
  const firewall = local ? keptFirewall(rules(), signal) : undefined;
  const networks = { subnets: config.ENGINE_DOCKER_SUBNETS, local, firewall };
  await firewall?.ensure();
  return {
    folders: local ? [await rootOf(client)] : [],
    builder: dockerBuilder(client, {
      owner: serverId,
      limits: {
        memoryBytes: config.ENGINE_BUILD_MEMORY_BYTES,
        cpuMillicores: config.ENGINE_BUILD_CPU_MILLICORES,
        diskBytes: config.ENGINE_BUILD_DISK_BYTES,
        maxProcesses: config.ENGINE_BUILD_MAX_PROCESSES,
      },
      network: () => ensureBuildNetwork(client, networks),
    }),
    volumes: dockerVolumes(client, { owner: serverId }),
    runtime: dockerRuntime(client, { ...networks, owner: serverId, publish: publishOn(config, local) }),
  };
}

export function dockerAnswers(): Promise<boolean> {
  return new Docker({ timeout: pingMs }).ping().then(
    () => true,
    () => false,
  );
}

/** Apps reach each other by their public addresses, through the edge. */
function publicPort({ APPLOYD_PUBLIC_URL }: EngineConfig): number {
  const { port, protocol } = new URL(APPLOYD_PUBLIC_URL);
  return Number(port || (protocol === 'https:' ? 443 : 80));
}

/** The containers of this machine are reached by their own addresses, all others by a published port. */
function publishOn({ DOCKER_HOST }: EngineConfig, local: boolean): { readonly host: string } | null {
  if (local) return null;
  return { host: DOCKER_HOST?.startsWith('tcp:') ? new URL(DOCKER_HOST).hostname : '127.0.0.1' };
}
