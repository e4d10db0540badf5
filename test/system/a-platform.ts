import { chmod, mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import Docker from 'dockerode';
import { WebSocket } from 'ws';
import { idOf } from '@apployd/core/id';
import { freePort } from '@apployd/backplane/testing/free-port';
import { startPlatform, type Platform } from '@apployd/launch/start-platform';
import { createDb, type Db } from '@apployd/prisma/create-db';
import { Apployd } from '@apployd/sdk/node';
import { endProcessesOf, processesOf } from '../leftovers.js';
import { until } from './until.js';

export type PlatformOptions = {
  readonly runtime: 'docker' | 'process';
  /** How the SDK's subscriptions travel. */
  readonly streams: 'websocket' | 'sse';
  /** What was deployed goes when the platform ends. */
  readonly disposable?: boolean;
  /** Settings of its own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Servers to use instead of the embedded PostgreSQL; ended by `close`. */
  readonly servers?: () => Promise<{ readonly env: Readonly<Record<string, string>>; close(): Promise<void> }>;
};

export type TestSettings = { readonly healthCheckTimeoutMs?: number; readonly releaseCommand?: readonly string[] };

/** A project's production environment. */
export type TestEnvironment = { readonly id: string; readonly url: string; readonly projectId: string };

/** A whole platform in a folder of its own, with somebody signed up. */
export type TestPlatform = Platform & {
  readonly apployd: Apployd;
  readonly folder: string;
  /** What its rooms have printed, line by line. */
  readonly output: readonly string[];
  /** The same person, whose subscriptions travel the other way. */
  readonly otherTransport: Apployd;
  /** A project of this repository; its production environment. */
  project(name: string, repositoryUrl: string, settings?: TestSettings): Promise<TestEnvironment>;
  /** Resolves once exactly so many instances of the environment run, as the rows and the machine have it. */
  instancesOf(environmentId: string, count: number): Promise<void>;
  workFolders(): Promise<readonly string[]>;
  until(condition: () => boolean | Promise<boolean>, what: string): Promise<void>;
  /** Kills a room's process; the launcher starts it again. Or sends it another signal. */
  kill(room: 'server' | 'engine' | 'edge', signal?: NodeJS.Signals): Promise<void>;
  /** Ends the whole platform and starts it again on the same folder and ports. */
  restart(): Promise<void>;
  /** Ends the processes of an environment behind the platform's back. */
  endInstances(environmentId: string): Promise<void>;
};

const MiB = 1024 ** 2;

export async function aPlatform({
  runtime,
  streams,
  env,
  servers,
  disposable = true,
}: PlatformOptions): Promise<TestPlatform> {
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'apployd-system-')));
  await chmod(folder, 0o711);
  await mkdir(path.join(folder, 'repositories'));
  const external = await servers?.();
  const output: string[] = [];
  const start = (ports: { readonly server: string; readonly edge: string }) =>
    startPlatform({
      onOutput: (room, line) => output.push(`${room} | ${line}`),
      env: {
        APPLOYD_DATA: path.join(folder, 'data'),
        APPLOYD_GIT_LOCAL_ROOT: path.join(folder, 'repositories'),
        SERVER_DEFAULT_PLAN: 'BUSINESS',
        ENGINE_RUNTIME: runtime,
        ENGINE_SERVER_NAME: path.basename(folder),
        ENGINE_DISPOSABLE: String(disposable),
        ENGINE_DRAIN_MS: '2500',
        SERVER_PORT: ports.server,
        EDGE_PORT: ports.edge,
        ...external?.env,
        ...env,
      },
    });
  let platform = await start({ server: String(await freePort()), edge: String(await freePort()) });
  const ports = { server: new URL(platform.urls.server).port, edge: new URL(platform.urls.public).port };
  const openDb = () => createDb({ url: platform.urls.database, connections: 2 });
  let db = openDb();
  const { apployd, otherTransport, organizationId } = await signUp(platform, streams);
  return {
    ...platform,
    apployd,
    otherTransport,
    folder,
    output,
    project: (name, repositoryUrl, settings) => createProject(apployd, organizationId, name, repositoryUrl, settings),
    instancesOf: (environmentId, count) => instancesOf(db, runtime, environmentId, count),
    workFolders: () => readdir(path.join(folder, 'data', 'engine', 'work')).catch(() => []),
    until,
    kill: (room, signal = 'SIGKILL') => kill(path.basename(folder), room, signal),
    restart: async () => {
      await db.$disconnect();
      await platform.stop();
      platform = await start(ports);
      // The embedded PostgreSQL takes another port when its own is taken meanwhile.
      db = openDb();
    },
    endInstances: (environmentId) => endInstances(db, environmentId),
    stop: async () => {
      await db.$disconnect();
      await platform.stop();
      await external?.close();
      await endProcessesOf(path.basename(folder));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function signUp(
  platform: Platform,
  streams: PlatformOptions['streams'],
): Promise<{ apployd: Apployd; otherTransport: Apployd; organizationId: string }> {
  // Through the edge, as people and programs reach it.
  const url = platform.urls.public.replace('localhost', '127.0.0.1');
  const apployd = new Apployd({ url, streams, webSocket: WebSocket });
  const { organization, token } = await apployd.account.signUp({
    name: 'Ada',
    email: 'ada@example.com',
    password: 'correct horse battery staple',
  });
  const other = streams === 'sse' ? 'websocket' : 'sse';
  const otherTransport = new Apployd({ url, token, streams: other, webSocket: WebSocket });
  return { apployd, otherTransport, organizationId: organization.id };
}

async function createProject(
  apployd: Apployd,
  organizationId: string,
  name: string,
  repositoryUrl: string,
  settings?: TestSettings,
): Promise<TestEnvironment> {
  const { project, productionEnvironment } = await apployd.projects.create({
    organizationId,
    name,
    repositoryUrl,
    settings,
    resources: { memoryBytes: 128 * MiB, cpuMillicores: 1000, bandwidthBytesPerMonth: 1024 * MiB },
  });
  return { id: productionEnvironment.id, url: productionEnvironment.url, projectId: project.id };
}

async function instancesOf(
  db: Db,
  runtime: PlatformOptions['runtime'],
  publicId: string,
  count: number,
): Promise<void> {
  const environmentId = idOf('Environment', publicId) ?? '';
  await until(async () => {
    const rows = await db.instance.findMany({ where: { environmentId } });
    const atWork = rows.filter(({ state }) => state !== 'STOPPED' && state !== 'CRASHED');
    const running =
      runtime === 'docker' ? await containersOf(environmentId) : await processesOfAll(rows.map(({ id }) => id));
    return atWork.length === count && running === count;
  }, `${count} instances of ${environmentId}`);
}

async function containersOf(environmentId: string): Promise<number> {
  const found = await new Docker().listContainers({
    all: true,
    filters: { label: [`apployd.environment=${environmentId}`] },
  });
  return found.length;
}

/** How many of these instances have processes. */
async function processesOfAll(instanceIds: readonly string[]): Promise<number> {
  const found = await Promise.all(instanceIds.map((id) => processesOf(id)));
  return found.filter((processes) => processes.length > 0).length;
}

async function kill(marker: string, room: string, signal: NodeJS.Signals): Promise<void> {
  const found = (await processesOf(marker)).find(({ command }) => command.includes(`${room}/dist/main.js`));
  if (!found) throw new Error(`The ${room} does not run.`);
  process.kill(found.pid, signal);
}

async function endInstances(db: Db, publicId: string): Promise<void> {
  const rows = await db.instance.findMany({ where: { environmentId: idOf('Environment', publicId) ?? '' } });
  for (const { id } of rows) await endProcessesOf(id);
}
