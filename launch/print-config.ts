import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { maskSecrets } from '@apployd/backplane/config/print-config';
import { readConfig, readEnvironment } from './config.js';
import { foreseeDataFolder } from './data-folder.js';
import { environmentOf } from './start-platform.js';
import { commandOf, presentRooms, rooms, toldTo } from './rooms.js';

const run = promisify(execFile);
/** Stands for what is made at the first start. */
const toBeMade = () => randomBytes(32).toString('hex');

/** Prints the configuration that every process would run with, secrets masked, and starts nothing. */
export async function printConfig(): Promise<void> {
  const env = readEnvironment();
  const config = readConfig(env);
  const present = presentRooms(rooms, false);
  const found = {
    dataFolder: await foreseeDataFolder({
      requested: config.APPLOYD_DATA,
      workingFolder: process.cwd(),
      embedsPostgres: config.DATABASE_URL === undefined,
    }),
    secret: config.APPLOYD_SECRET ?? toBeMade(),
    database: config.DATABASE_URL ?? `postgresql://apployd:x@127.0.0.1:${config.APPLOYD_POSTGRES_PORT}/postgres`,
    addresses: {
      serverPort: config.SERVER_PORT,
      edgePort: config.EDGE_PORT,
      dashboardPort: config.DASHBOARD_PORT,
      serverUrl: config.APPLOYD_SERVER_URL ?? `http://127.0.0.1:${config.SERVER_PORT}`,
      dashboardUrl: `http://127.0.0.1:${config.DASHBOARD_PORT}`,
      publicUrl: config.APPLOYD_PUBLIC_URL ?? `http://localhost:${config.EDGE_PORT}`,
    },
    hasDashboard: present.some(({ name }) => name === 'dashboard'),
  };
  const childEnv = { ...env, ...environmentOf(config, found) };
  const printed: Record<string, unknown> = { launch: maskSecrets(config) };
  for (const room of present) printed[room.name] = await ask(commandOf(room, false), toldTo(room, childEnv));
  process.stdout.write(`${JSON.stringify(printed, null, 2)}\n`);
  process.stderr.write('docs/configuration.md says what each means, and what else can be set.\n');
}

async function ask(command: readonly string[], env: NodeJS.ProcessEnv): Promise<unknown> {
  const { stdout } = await run(process.execPath, [...command, '--print-config'], { env, timeout: 30_000 });
  return JSON.parse(stdout) as unknown;
}
