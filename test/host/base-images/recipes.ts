import { fillBase, fillNginx, fillNode } from './fill.js';
import { certificates, fillDebianNode, fillPostgres, fillRedis } from './fill-debian.js';

/** An image of the machine's own files, under the official name that Dockerfiles ask for. */
export type Recipe = {
  /** The suite that asks for it. */
  readonly suite: 'docker' | 'install';
  readonly tag: string;
  /** Programs that are copied, and the Debian package that has each. */
  readonly programs: Readonly<Record<string, string>>;
  /** Each fills a folder that becomes a layer. */
  readonly layers: readonly ((root: string) => Promise<void>)[];
  /** The image's configuration, as Docker keeps it. */
  readonly config: Readonly<Record<string, unknown>>;
};

const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const environment = [path, 'SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt'];

export const recipes: readonly Recipe[] = [
  {
    suite: 'docker',
    tag: 'busybox:latest',
    programs: { busybox: 'busybox-static' },
    layers: [fillBase],
    config: { Env: environment, Cmd: ['sh'] },
  },
  {
    suite: 'docker',
    tag: 'node:20-alpine',
    programs: { busybox: 'busybox-static' },
    layers: [fillBase, fillNode],
    config: {
      Env: [
        ...environment,
        `NODE_VERSION=${process.versions.node}`,
        'NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt',
      ],
      Cmd: ['node'],
    },
  },
  {
    suite: 'docker',
    tag: 'nginx:alpine',
    programs: { busybox: 'busybox-static', nginx: 'nginx-light' },
    layers: [fillBase, fillNginx],
    config: {
      Env: environment,
      Cmd: ['nginx', '-g', 'daemon off;'],
      ExposedPorts: { '80/tcp': {} },
      StopSignal: 'SIGQUIT',
    },
  },
  {
    // As the official image, less its npm and Node: those are this machine's, and so are the certificates that npm trusts.
    suite: 'install',
    tag: 'node:20-bookworm-slim',
    programs: { mmdebstrap: 'mmdebstrap' },
    layers: [fillDebianNode],
    config: {
      Env: [path, `NODE_VERSION=${process.versions.node}`, `NODE_EXTRA_CA_CERTS=${certificates}`],
      Cmd: ['node'],
    },
  },
  {
    // In truth Debian's PostgreSQL 15, the oldest that Apployd has to work with; the other suites run on 18.
    suite: 'install',
    tag: 'postgres:18-bookworm',
    programs: { mmdebstrap: 'mmdebstrap' },
    layers: [fillPostgres],
    config: {
      Env: ['PATH=/usr/local/bin:/usr/lib/postgresql/15/bin:/usr/bin:/bin', 'PGDATA=/var/lib/postgresql/18/docker'],
      Entrypoint: ['docker-entrypoint.sh'],
      Cmd: ['postgres'],
      StopSignal: 'SIGINT',
      Volumes: { '/var/lib/postgresql': {} },
    },
  },
  {
    // Debian's Redis 7.0.
    suite: 'install',
    tag: 'redis:7-bookworm',
    programs: { mmdebstrap: 'mmdebstrap' },
    layers: [fillRedis],
    config: {
      Env: [path],
      Entrypoint: ['docker-entrypoint.sh'],
      Cmd: ['redis-server'],
      WorkingDir: '/data',
    },
  },
];
