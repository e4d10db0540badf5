import { findNginx } from '@apployd/edge/router/nginx/program';
import type { Suite } from '../without.js';
import { dockerAnswers } from './docker-engine.js';
import { browserPrograms } from './browser-programs.js';
import { findProgram } from './command.js';

/** A thing that a suite needs and that does not come with `npm ci`. */
export type Requirement = {
  readonly name: string;
  readonly suite: Suite;
  readonly isThere: () => Promise<boolean>;
  /** What brings it on Debian. */
  readonly debian: readonly string[];
  readonly homebrew: string;
};

const anyProgram =
  (...names: readonly string[]) =>
  async () =>
    (await Promise.all(names.map(findProgram))).some((file) => file !== null);

const allPrograms =
  (...names: readonly string[]) =>
  async () =>
    (await Promise.all(names.map(findProgram))).every((file) => file !== null);

const nginxRunsLua = async () => {
  const program = await findProgram('nginx');
  return program !== null && (await findNginx(program).then(Boolean, () => false));
};

/** One line per thing. The base images of the docker suite are not in it: they follow once the engine runs. */
export const requirements: readonly Requirement[] = [
  {
    name: 'Docker engine',
    suite: 'docker',
    isThere: async () => (await dockerAnswers()) || (await allPrograms('dockerd', 'containerd', 'iptables')()),
    debian: ['docker.io', 'iptables', 'ca-certificates'],
    homebrew: 'brew install --cask docker, and start it',
  },
  {
    name: 'Docker Compose',
    suite: 'install',
    isThere: allPrograms('docker', 'docker-compose'),
    debian: ['docker-compose'],
    homebrew: 'brew install docker-compose',
  },
  {
    name: 'Nginx',
    suite: 'install',
    isThere: anyProgram('nginx'),
    debian: ['nginx-light'],
    homebrew: 'brew install nginx',
  },
  {
    name: 'Nginx with Lua',
    suite: 'nginx',
    isThere: nginxRunsLua,
    debian: ['nginx-light', 'libnginx-mod-http-lua'],
    homebrew: 'brew install openresty, with its nginx in PATH',
  },
  {
    name: 'Pebble, a certificate authority for tests',
    suite: 'pebble',
    isThere: allPrograms('pebble', 'pebble-challtestsrv'),
    debian: ['pebble'],
    homebrew: 'go install github.com/letsencrypt/pebble/v2/cmd/...@latest',
  },
  {
    name: 'certbot',
    suite: 'pebble',
    isThere: anyProgram('certbot'),
    debian: ['certbot'],
    homebrew: 'brew install certbot',
  },
  {
    name: 'Redis server',
    suite: 'redis',
    isThere: anyProgram('redis-server'),
    debian: ['redis-server'],
    homebrew: 'brew install redis',
  },
  {
    name: 'PostgreSQL client tools',
    suite: 'postgres-tools',
    isThere: allPrograms('psql', 'pg_dump'),
    debian: ['postgresql-client'],
    homebrew: 'brew install libpq',
  },
  {
    name: 'Chromium',
    suite: 'browser',
    isThere: anyProgram(...browserPrograms),
    debian: ['chromium-headless-shell'],
    homebrew: 'brew install --cask chromium',
  },
];
