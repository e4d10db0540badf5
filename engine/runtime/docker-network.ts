import { createHash, randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type Docker from 'dockerode';
import type { NetworkInspectInfo } from 'dockerode';
import { callOptions, messageOf, statusOf, unlessGone } from './docker-call.js';
import type { DockerFirewall } from './docker-firewall.js';
import { managedLabel, ownerLabel } from './docker-labels.js';
import { freeSubnet, routedSubnets } from './subnet.js';

export type DockerNetworkOptions = {
  /** Projects get a small block each out of this range; Docker's own default has room for some thirty networks. */
  readonly subnets?: string;
  /** 27 leaves room for 29 containers in a project, and for 8192 projects in the default range. */
  readonly subnetPrefix?: number;
  /** The Docker engine runs on this machine: blocks that it routes elsewhere are left alone. */
  readonly local?: boolean;
  /** Put up before the first container can be reached. */
  readonly firewall?: DockerFirewall;
  /** Whose networks these are, where several platforms share one Docker engine; only its own are listed. */
  readonly owner?: string;
};

export type ProjectNetworks = {
  /** The name of the project's network, which is made when it is missing. */
  ensure(projectId: string): Promise<string>;
  /** The network turned out to be gone: the next `ensure` looks again. */
  forget(projectId: string): void;
  /** Removes the network unless a container is in it. */
  removeIfEmpty(projectId: string): Promise<void>;
  /** The projects that have one. */
  projects(): Promise<readonly string[]>;
};

/** Interfaces of all our networks begin so: one firewall rule covers them. */
export const bridgePrefix = 'apd';

const defaultRange = '10.212.0.0/14';
const defaultPrefix = 27;
const createTries = 10;

/** A bridge network per project: apps of one project reach each other, and nobody else. */
export function projectNetworks(docker: Docker, options: DockerNetworkOptions): ProjectNetworks {
  const known = new Map<string, Promise<string>>();
  const forget = (projectId: string) => void known.delete(projectId);
  return {
    ensure: (projectId) => {
      const ensured = known.get(projectId) ?? ensureNetwork(docker, projectNetwork(projectId, options.owner), options);
      known.set(projectId, ensured);
      ensured.catch(() => forget(projectId));
      return ensured;
    },
    forget,
    removeIfEmpty: async (projectId) => {
      const ensured = known.get(projectId);
      forget(projectId);
      // One that is just being made would come after this.
      await ensured?.catch(() => undefined);
      const { name } = projectNetwork(projectId);
      // Docker's filter also takes parts of a name.
      const found = await docker.listNetworks({ filters: { name: [name] }, ...callOptions() });
      const own = found.find((network) => network.Name === name && network.Labels?.[managedLabel] === 'true');
      if (!own) return;
      await unlessGone(docker.getNetwork(own.Id).remove(callOptions())).catch((error: unknown) => {
        if (statusOf(error) !== 403) throw error;
        // Somebody is in it: the next one need not look for it.
        if (ensured && !known.has(projectId)) known.set(projectId, ensured);
      });
    },
    projects: async () => {
      const label = [`${managedLabel}=true`, ...(options.owner ? [`${ownerLabel}=${options.owner}`] : [])];
      const found = await docker.listNetworks({ filters: { label }, ...callOptions() });
      const named = found.map(({ Name, Labels }) => ({ name: Name, projectId: Labels?.['apployd.project'] ?? '' }));
      return named.filter(({ name, projectId }) => name === `apployd-${projectId}`).map(({ projectId }) => projectId);
    },
  };
}

/** The network that builds run in: like a project's, but those in it do not reach each other. Answers its name. */
export function ensureBuildNetwork(docker: Docker, options: DockerNetworkOptions = {}): Promise<string> {
  const spec = { name: 'apployd-build', bridge: `${bridgePrefix}build`, labels: {}, connected: false };
  return ensureNetwork(docker, spec, { ...options, subnetPrefix: 24 });
}

type NetworkSpec = {
  readonly name: string;
  readonly bridge: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Containers in it may reach each other. */
  readonly connected: boolean;
};

function projectNetwork(projectId: string, owner?: string): NetworkSpec {
  // An interface's name has room for 15 letters.
  const bridge = bridgePrefix + createHash('sha256').update(projectId).digest('hex').slice(0, 10);
  const labels = { 'apployd.project': projectId, ...(owner ? { [ownerLabel]: owner } : {}) };
  return { name: `apployd-${projectId}`, bridge, labels, connected: true };
}

/** Others may make the same network, or take the same addresses, at the same time: then it looks again. */
async function ensureNetwork(docker: Docker, spec: NetworkSpec, options: DockerNetworkOptions): Promise<string> {
  await options.firewall?.ensure();
  for (let tried = 1; ; tried += 1) {
    const networks = await docker.listNetworks(callOptions());
    if (networks.some(({ Name }) => Name === spec.name)) return spec.name;
    try {
      await docker.createNetwork(createOptions(spec, options, [...(await routes(options)), ...subnetsOf(networks)]));
      return spec.name;
    } catch (error) {
      if (tried === createTries || !isTaken(error)) throw error;
    }
  }
}

/** The name, the interface or the addresses have gone to somebody else. */
function isTaken(error: unknown): boolean {
  return (
    statusOf(error) === 409 || /already exists|overlap|conflicts with network|same bridge name/i.test(messageOf(error))
  );
}

function createOptions(spec: NetworkSpec, options: DockerNetworkOptions, taken: readonly string[]) {
  const { subnets = defaultRange, subnetPrefix = defaultPrefix } = options;
  const subnet = freeSubnet(subnets, subnetPrefix, taken, randomInt(2 ** 32));
  if (!subnet) throw new Error(`No addresses are left in ${subnets} for another network`);
  return {
    Name: spec.name,
    Driver: 'bridge',
    CheckDuplicate: true,
    Labels: { [managedLabel]: 'true', ...spec.labels },
    IPAM: { Driver: 'default', Config: [{ Subnet: subnet }] },
    Options: {
      'com.docker.network.bridge.name': spec.bridge,
      'com.docker.network.bridge.enable_icc': String(spec.connected),
    },
    // Else dockerode repeats all of the above in the address.
    _query: {},
    ...callOptions(),
  };
}

async function routes({ local = false }: DockerNetworkOptions): Promise<string[]> {
  return local ? routedSubnets(await readFile('/proc/net/route', 'utf8').catch(() => '')) : [];
}

function subnetsOf(networks: readonly NetworkInspectInfo[]): string[] {
  return networks.flatMap(({ IPAM }) => (IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []));
}
