import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { bridgePrefix } from './docker-network.js';

/** Keeps containers away from the machine that they run on. */
export interface DockerFirewall {
  /** Puts the rules up, or up again; whether they stand. What stands in the way is reported, once as long as it lasts, and is no error. */
  ensure(): Promise<boolean>;
}

export type DockerFirewallOptions = {
  /** Told once, when the rules cannot be put up: without root, or without iptables. */
  warn(message: string): void;
  /** Ports of this machine that containers may reach: those of the edge, so that apps reach each other by their host names. */
  readonly openPorts?: readonly number[];
  /** Addresses that containers must not reach, beside the cloud's metadata service. */
  readonly denied?: readonly string[];
};

const inputChain = 'APPLOYD-INPUT';
const forwardChain = 'APPLOYD-FORWARD';
const interfaces = `${bridgePrefix}+`;
/** Where clouds answer with the machine's own credentials. */
const linkLocal = '169.254.0.0/16';
const commandDeadlineMs = 15_000;

/**
 * Without rules a container reaches whatever listens on an address of its machine, also from an internal network. Ours
 * refuse everything that containers of our networks begin, and leave all other traffic to the rules that were there.
 */
export function dockerFirewall(options: DockerFirewallOptions): DockerFirewall {
  let reported = false;
  const report = (reason: string) => {
    if (!reported) options.warn(`Containers can reach the listeners of this machine: ${reason}`);
    reported = true;
    return false;
  };
  return {
    ensure: async () => {
      if (process.platform !== 'linux') return true;
      if (process.getuid?.() !== 0) return report('only root can put up firewall rules.');
      try {
        await putUp(options);
        reported = false;
        return true;
      } catch (error) {
        return report(
          `firewall rules could not be put up (${error instanceof Error ? error.message.trim() : String(error)}).`,
        );
      }
    },
  };
}

/** Chains in the words of iptables-restore: filled in one step, with no moment without rules. */
export function firewallRules(
  family: 4 | 6,
  { openPorts = [], denied = [] }: Omit<DockerFirewallOptions, 'warn'>,
  resolvers: readonly string[],
): string {
  const own = (addresses: readonly string[]) => addresses.filter((address) => familyOf(address) === family);
  return [
    '*filter',
    `:${inputChain} - [0:0]`,
    `:${forwardChain} - [0:0]`,
    `-A ${inputChain} -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT`,
    ...own(resolvers).flatMap((address) =>
      ['udp', 'tcp'].map((protocol) => `-A ${inputChain} -d ${address} -p ${protocol} --dport 53 -j ACCEPT`),
    ),
    ...openPorts.map((port) => `-A ${inputChain} -p tcp --dport ${port} -j ACCEPT`),
    `-A ${inputChain} -j DROP`,
    ...own([linkLocal, ...denied]).map((address) => `-A ${forwardChain} -d ${address} -j DROP`),
    'COMMIT',
    '',
  ].join('\n');
}

async function putUp(options: DockerFirewallOptions): Promise<void> {
  const resolvers = await ownResolvers();
  await run('iptables-restore', ['-w', '5', '--noflush'], firewallRules(4, options, resolvers));
  await ensureJump('iptables', 'INPUT', inputChain);
  const docker = await succeeds('iptables', ['-w', '5', '-n', '-L', 'DOCKER-USER']);
  await ensureJump('iptables', docker ? 'DOCKER-USER' : 'FORWARD', forwardChain);
  // Bridges have a link-local IPv6 address even where Docker gives none to containers.
  if (!(await succeeds('ip6tables', ['-w', '5', '-n', '-L', 'INPUT']))) return;
  await run('ip6tables-restore', ['-w', '5', '--noflush'], firewallRules(6, options, resolvers));
  await ensureJump('ip6tables', 'INPUT', inputChain);
}

async function ensureJump(program: string, from: string, to: string): Promise<void> {
  const rule = ['-i', interfaces, '-j', to];
  if (await succeeds(program, ['-w', '5', '-C', from, ...rule])) return;
  await run(program, ['-w', '5', '-I', from, '1', ...rule]);
}

/** Name servers that are this very machine, on an address that containers can reach. */
async function ownResolvers(): Promise<string[]> {
  const text = await readFile('/etc/resolv.conf', 'utf8').catch(() => '');
  const named = [...text.matchAll(/^nameserver\s+(\S+)/gm)].map(([, address = '']) => address);
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return named.filter((address) => own.some((one) => !one.internal && one.address === address));
}

function familyOf(addressOrBlock: string): number {
  const [address = '', prefix = '32'] = addressOrBlock.split('/');
  const family = /^\d+$/.test(prefix) ? isIP(address) : 0;
  if (family === 0) throw new Error(`not an address: ${JSON.stringify(addressOrBlock)}`);
  return family;
}

function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  return run(program, args).then(
    () => true,
    () => false,
  );
}

function run(program: string, args: readonly string[], input = ''): Promise<void> {
  return new Promise((resolve, reject) => {
    const env = { PATH: '/usr/sbin:/sbin:/usr/bin:/bin' };
    const child = execFile(program, args, { timeout: commandDeadlineMs, env }, (error, _, stderr) =>
      error ? reject(new Error(stderr || error.message)) : resolve(),
    );
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
