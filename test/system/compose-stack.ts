import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ContainerInspectInfo } from 'dockerode';
import Docker from 'dockerode';
import { freePort } from '@apployd/backplane/testing/free-port';
import { temporaryFolder } from '@apployd/launch/temporary-folder';
import { run } from '../host/command.js';
import { partOf, readPage, runnable } from '../page.js';
import { aCheckout } from './a-checkout.js';
import { sampleRepository, type SampleRepository } from './sample-repository.js';
import { editSettings } from './settings-file.js';
import { until } from './until.js';

export const services = ['postgres', 'redis', 'server', 'engine', 'edge', 'dashboard'] as const;
export type Service = (typeof services)[number];

/** An installation by Compose, in a checkout, a project and on ports of its own. */
export type ComposeStack = {
  readonly edgePort: number;
  /** What the page's example is fetched from instead of GitHub. */
  readonly repository: SampleRepository;
  /** Runs what install.md says below this heading of its part on Compose; what was printed. */
  follow(heading: string): Promise<string>;
  compose(command: string, env?: Readonly<Record<string, string>>): Promise<string>;
  edit(settings: Readonly<Record<string, string | number>>): Promise<void>;
  inspect(service: Service): Promise<ContainerInspectInfo>;
  /** As /proc has it. */
  statusOf(service: Service): Promise<string>;
  healthy(service: Service): Promise<void>;
  /** The containers of apps. */
  apps(): Promise<readonly string[]>;
  /** Makes a container, a network and an image with the label that stands for `apployd.managed` here. */
  makeManaged(): Promise<void>;
  /** What Docker has of it, by name. */
  leftBehind(): Promise<readonly string[]>;
  remove(): Promise<void>;
};

const managed = 'apployd.test.managed';
const docker = new Docker({ timeout: 60_000 });
const commandMs = 800_000;
const inContainers = '/srv/git';
const serverId = `psql --username apployd --tuples-only --no-align --command 'SELECT id FROM "Server"'`;

export async function aComposeStack(): Promise<ComposeStack> {
  const page = partOf(await readPage('install.md'), '## With Docker Compose');
  const home = await realpath(await mkdtemp(path.join(await temporaryFolder(), 'apployd-compose-')));
  const project = path.basename(home).toLowerCase();
  const repositories = `${home}-repositories`;
  await aCheckout(home);
  const edgePort = await freePort();

  const here = (commands: string) =>
    commands
      .replaceAll('/opt/apployd', home)
      .replaceAll('docker compose', 'docker-compose')
      // Other platforms may be on this machine.
      .replaceAll('label=apployd.managed', `label=${managed}=${project}`)
      .replaceAll('https://github.com/acme/hello', `file://${inContainers}/hello`);
  const shell = (commands: string, env: Readonly<Record<string, string>> = {}) =>
    run('bash', ['-euo', 'pipefail', '-c', here(commands)], {
      cwd: home,
      timeoutMs: commandMs,
      env: { ...environmentOf(project), ...env },
    });
  const inspect = async (service: Service) => {
    const filters = { label: [`com.docker.compose.project=${project}`, `com.docker.compose.service=${service}`] };
    const [found] = await docker.listContainers({ all: true, filters });
    return docker.getContainer(found?.Id ?? service).inspect();
  };

  await writeFile(path.join(home, 'compose.override.yml'), mounting(repositories));
  return {
    edgePort,
    repository: await sampleRepository(path.join(repositories, 'hello')),
    follow: (heading) => shell(runnable(partOf(page, heading), 'sh').join('\n')),
    compose: (command, env) => shell(`docker compose ${command}`, env),
    edit: (settings) => editSettings(path.join(home, '.env'), settings),
    inspect,
    statusOf: async (service) => readFile(`/proc/${(await inspect(service)).State.Pid}/status`, 'utf8'),
    healthy: (service) =>
      until(
        async () => (await inspect(service)).State.Health?.Status === 'healthy',
        `${service} to be healthy`,
        90_000,
      ),
    apps: async () => {
      const [owner = ''] = (await shell(`docker compose exec -T postgres ${serverId}`)).trim().split('\n');
      const found = await docker.listContainers({ all: true, filters: { label: [`apployd.owner=${owner}`] } });
      return found.map(({ Id }) => Id);
    },
    makeManaged: () => makeManaged(project),
    leftBehind: () => leftBehind(project),
    remove: async () => {
      await shell('docker compose down --volumes --rmi local --timeout 20').catch(() => undefined);
      await rm(home, { recursive: true, force: true });
      await rm(repositories, { recursive: true, force: true });
    },
  };
}

/** Ports of this machine that nobody has; whatever is not said is as on an empty server. */
export async function settingsOfItsOwn(edgePort: number): Promise<Readonly<Record<string, string | number>>> {
  return {
    APPLOYD_PUBLIC_URL: `http://localhost:${edgePort}`,
    EDGE_HOST: '127.0.0.1',
    EDGE_PORT: edgePort,
    SERVER_PORT: await freePort(),
    DASHBOARD_PORT: await freePort(),
    APPLOYD_POSTGRES_PORT: await freePort(),
    APPLOYD_REDIS_PORT: await freePort(),
    APPLOYD_GIT_LOCAL_ROOT: inContainers,
    SERVER_DEFAULT_PLAN: 'BUSINESS',
  };
}

/** Nothing of this shell that Compose would prefer to the file of settings. */
function environmentOf(project: string): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, DOCKER_HOST } = process.env;
  const patience = { COMPOSE_HTTP_TIMEOUT: '300' };
  return { PATH, HOME, TMPDIR, ...(DOCKER_HOST && { DOCKER_HOST }), ...patience, COMPOSE_PROJECT_NAME: project };
}

const mounting = (repositories: string) =>
  `services: { engine: { volumes: ['${repositories}:${inContainers}:ro'] } }\n`;

async function makeManaged(project: string): Promise<void> {
  const Labels = { [managed]: project };
  const name = `${project}-managed`;
  const container = await docker.createContainer({ name, Image: 'busybox', Cmd: ['true'], Labels });
  await docker.createNetwork({ Name: name, Labels });
  await container.commit({ repo: name, changes: `LABEL ${managed}=${project}` });
}

async function leftBehind(project: string): Promise<readonly string[]> {
  const [containers, volumes, networks, images] = await Promise.all([
    docker.listContainers({ all: true }),
    docker.listVolumes(),
    docker.listNetworks(),
    docker.listImages(),
  ]);
  const names = [
    ...containers.flatMap(({ Names }) => Names),
    ...(volumes.Volumes ?? []).map(({ Name }) => Name),
    ...networks.map(({ Name }) => Name),
    ...images.flatMap(({ RepoTags }) => RepoTags ?? []),
  ];
  return names.filter((name) => name.includes(project));
}
