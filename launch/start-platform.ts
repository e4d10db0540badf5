import { migrate } from '@apployd/prisma/migrate';
import { chooseAddresses, type Addresses } from './addresses.js';
import { startChild, type Child } from './child.js';
import { readConfig, readEnvironment, type Environment, type LaunchConfig } from './config.js';
import { chooseDataFolder, findBlocking, prepareDataFolder } from './data-folder.js';
import { lockFolder } from './folder-lock.js';
import { postgresFolder } from './postgres/embedded-postgres.js';
import { keepPostgres } from './postgres/keep-postgres.js';
import { ensureSecret } from './secret-file.js';
import { commandOf, presentRooms, roomEnvironment, rooms, toldTo, type Room } from './rooms.js';

export interface PlatformOptions {
  /** Added to this process's own environment; SERVER_PORT and EDGE_PORT of 0 take free ports. */
  readonly env?: Environment;
  readonly rooms?: readonly Room[];
  /** Run the TypeScript instead of what was built. */
  readonly fromSource?: boolean;
  /** What the rooms write, line by line, and under `launch` what the launcher has to say. */
  readonly onOutput?: (name: string, line: string) => void;
  /** Gives up the start, leaving nothing running. */
  readonly signal?: AbortSignal;
  /** Kills the children that are still ending. */
  readonly hurry?: AbortSignal;
  readonly graceMs?: number;
}

export interface Platform {
  readonly urls: { readonly public: string; readonly server: string; readonly database: string };
  readonly dataFolder: string;
  /** Ends every child, PostgreSQL last. */
  stop(): Promise<void>;
}

/** Starts the whole platform and resolves once every room is healthy; rejects with one line, leaving nothing running. */
export async function startPlatform(options: PlatformOptions = {}): Promise<Platform> {
  const { onOutput = () => undefined, signal, graceMs = 15_000 } = options;
  const env = readEnvironment(options.env);
  const config = readConfig(env);
  const children: Child[] = [];
  const undo: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (let end = undo.pop(); end; end = undo.pop()) await end();
  };

  try {
    const dataFolder = await openDataFolder(config, onOutput);
    const lock = await lockFolder(dataFolder);
    undo.push(() => lock.release());
    const [addresses, secret] = await Promise.all([
      chooseAddresses(config),
      config.APPLOYD_SECRET ?? ensureSecret(dataFolder),
    ]);
    const database = await openDatabase(config, dataFolder, (line) => onOutput('postgres', line), undo);
    signal?.throwIfAborted();
    await migrate({ url: database });
    signal?.throwIfAborted();

    const present = presentRooms(options.rooms ?? rooms, options.fromSource ?? false);
    const found = { addresses, secret, database, dataFolder, hasDashboard: present.some(isDashboard) };
    const childEnv = { ...roomEnvironment, ...env, ...environmentOf(config, found) };
    options.hurry?.addEventListener('abort', () => children.forEach((child) => child.kill()));
    undo.push(() => endInStages(present, children, graceMs));
    for (const room of present) {
      const command = commandOf(room, options.fromSource ?? false);
      const onLine = (line: string) => onOutput(room.name, line);
      children.push(startChild({ name: room.name, command, env: toldTo(room, childEnv), onLine }));
    }
    await orAborted(Promise.all(children.map((child) => child.ready)), signal);

    const urls = { public: addresses.publicUrl, server: addresses.serverUrl, database };
    return { urls, dataFolder, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openDataFolder(config: LaunchConfig, onOutput: (name: string, line: string) => void): Promise<string> {
  const workingFolder = process.cwd();
  const blocking = config.DATABASE_URL ? null : await findBlocking(workingFolder);
  const { folder, notice } = chooseDataFolder({ requested: config.APPLOYD_DATA, workingFolder, blocking });
  if (notice) onOutput('launch', notice);
  await prepareDataFolder(folder);
  return folder;
}

async function openDatabase(
  config: LaunchConfig,
  dataFolder: string,
  onLine: (line: string) => void,
  undo: (() => Promise<void>)[],
): Promise<string> {
  if (config.DATABASE_URL) return config.DATABASE_URL;
  const where = { folder: postgresFolder(dataFolder), port: config.APPLOYD_POSTGRES_PORT };
  const postgres = await keepPostgres(where, onLine);
  undo.push(() => postgres.stop());
  return postgres.url;
}

/** What every child is told beside the environment we were started with. */
export function environmentOf(
  config: LaunchConfig,
  found: { addresses: Addresses; secret: string; database: string; dataFolder: string; hasDashboard: boolean },
): Record<string, string> {
  const { addresses } = found;
  return {
    DATABASE_URL: found.database,
    APPLOYD_DATA: found.dataFolder,
    APPLOYD_SECRET: found.secret,
    APPLOYD_PUBLIC_URL: addresses.publicUrl,
    APPLOYD_SERVER_URL: addresses.serverUrl,
    SERVER_HOST: config.SERVER_HOST,
    SERVER_PORT: String(addresses.serverPort),
    EDGE_HOST: config.EDGE_HOST,
    EDGE_PORT: String(addresses.edgePort),
    SERVER_DEFAULT_PLAN: config.SERVER_DEFAULT_PLAN,
    LOG_FORMAT: config.LOG_FORMAT,
    ...(found.hasDashboard ? dashboardOf(config, addresses) : {}),
  };
}

const isDashboard = ({ name }: Room) => name === 'dashboard';

/** Told only when it runs: without it the edge shows a page of its own. */
const dashboardOf = (config: LaunchConfig, addresses: Addresses) => ({
  APPLOYD_DASHBOARD_URL: addresses.dashboardUrl,
  DASHBOARD_HOST: config.DASHBOARD_HOST,
  DASHBOARD_PORT: String(addresses.dashboardPort),
});

async function endInStages(all: readonly Room[], children: readonly Child[], graceMs: number): Promise<void> {
  const stages = [...new Set(all.map((room) => room.endStage))].sort((a, b) => a - b);
  for (const stage of stages) {
    const names = all.filter((room) => room.endStage === stage).map((room) => room.name);
    await Promise.all(children.filter((child) => names.includes(child.name)).map((child) => child.stop(graceMs)));
  }
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  return Promise.race([work, aborted]);
}
