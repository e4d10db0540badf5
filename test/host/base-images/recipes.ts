import { fillBase, fillNginx, fillNode } from './fill.js';

/** An image of the machine's own files, under the official name that Dockerfiles ask for. */
export type Recipe = {
  readonly tag: string;
  /** Programs that are copied, and the Debian package that has each. */
  readonly programs: Readonly<Record<string, string>>;
  /** Each fills a folder that becomes a layer. */
  readonly layers: readonly ((root: string) => Promise<void>)[];
  /** The image's configuration, as Docker keeps it. */
  readonly config: Readonly<Record<string, unknown>>;
};

const environment = [
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt',
];

export const recipes: readonly Recipe[] = [
  {
    tag: 'busybox:latest',
    programs: { busybox: 'busybox-static' },
    layers: [fillBase],
    config: { Env: environment, Cmd: ['sh'] },
  },
  {
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
];
