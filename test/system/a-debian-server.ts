import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import Docker from 'dockerode';
import { run } from '../host/command.js';
import { until } from './until.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const docker = new Docker({ timeout: 120_000 });
const buildMs = 600_000;
const commandMs = 120_000;

/** A Debian with systemd as its first process and Node, in the network of this machine and with its Docker engine. */
export type DebianServer = {
  /** Runs commands as root, and gives what they print. */
  asRoot(commands: string): Promise<string>;
  remove(): Promise<void>;
};

/** `packages` are commands that install them; this checkout, as it was built, is at /opt/apployd. */
export async function aDebianServer(packages: string): Promise<DebianServer> {
  const name = `apployd-debian-${randomBytes(4).toString('hex')}`;
  await build(name, packages);
  const container = await docker.createContainer({ name, Image: name, ...withSystemd });
  await container.start();
  const asRoot = (commands: string) =>
    run('docker', ['exec', name, 'bash', '-euo', 'pipefail', '-c', commands], { timeoutMs: commandMs });
  await until(() => isRunning(asRoot), 'systemd to run', 60_000);
  return {
    asRoot,
    remove: async () => {
      await container.remove({ force: true, v: true });
      await docker.getImage(name).remove({ force: true });
    },
  };
}

/** What it needs for namespaces and control groups, and no more: a host's systemd has all of the machine. */
const withSystemd: Docker.ContainerCreateOptions = {
  Cmd: ['/sbin/init'],
  Env: ['container=docker'],
  HostConfig: {
    NetworkMode: 'host',
    CapAdd: ['SYS_ADMIN', 'NET_ADMIN'],
    SecurityOpt: ['seccomp=unconfined', 'apparmor=unconfined'],
    Tmpfs: { '/run': 'exec', '/run/lock': '', '/tmp': '' },
    Binds: ['/sys/fs/cgroup:/sys/fs/cgroup:rw', '/var/run/docker.sock:/var/run/docker.sock', `${root}:/opt/apployd:ro`],
    // The types do not know it.
    ...({ CgroupnsMode: 'host' } satisfies Record<string, string>),
  },
};

/** Services that the packages bring are started by the test, which gives them ports; some kernels have no user namespaces. */
const dockerfile = `FROM node:20-bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends systemd-sysv
COPY packages.sh /
RUN sh -e /packages.sh && systemctl disable postgresql redis-server
RUN mkdir /etc/systemd/system/redis-server.service.d \\
 && printf '[Service]\\nPrivateUsers=no\\n' > /etc/systemd/system/redis-server.service.d/container.conf
`;

async function build(name: string, packages: string): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'apployd-debian-'));
  try {
    await writeFile(path.join(folder, 'Dockerfile'), dockerfile);
    await writeFile(path.join(folder, 'packages.sh'), packages);
    const env = { ...process.env, DOCKER_BUILDKIT: '0' };
    await run('docker', ['build', '--quiet', '--force-rm', '--tag', name, folder], { timeoutMs: buildMs, env });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** `degraded` is running as well, with something on this machine that does not suit a container. */
function isRunning(asRoot: DebianServer['asRoot']): Promise<boolean> {
  return asRoot('systemctl is-system-running || true').then(
    (said) => /^(running|degraded)$/m.test(said),
    () => false,
  );
}
