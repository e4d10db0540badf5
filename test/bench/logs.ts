import { chmod, mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parsePublicId } from '@apployd/core/id';
import { rooms } from '@apployd/launch/rooms';
import { startPlatform, type Platform } from '@apployd/launch/start-platform';
import { Apployd } from '@apployd/sdk';
import { processesOf } from '../leftovers.js';
import { heldBy } from './logs/held-by.js';
import { print, type Printed } from './logs/print.js';
import { startReaders, type Told } from './logs/readers.js';
import { atMost, max, type Metric } from './metric.js';

/** How much is printed, to how many. */
type Load = {
  readonly linesPerSecond: number;
  readonly subscribers: number;
  readonly seconds: number;
  /** What the server may take more, in MiB. */
  readonly mostMiB: number;
  /** Readers that could keep up are to have the last line in good time; in the flood they cannot, wherever it is read. */
  readonly keepsUp: boolean;
};

const patienceMs = 10 * 60_000;

const steady: Load = { linesPerSecond: 10_000, subscribers: 20, seconds: 10, mostMiB: 256, keepsUp: true };
const flood: Load = { linesPerSecond: 100_000, subscribers: 100, seconds: 5, mostMiB: 512, keepsUp: false };

/**
 * What a build prints, followed through the API by many at once: does every line arrive, in order, how long does the last
 * one take, and what does the server hold in memory meanwhile. In the flood more is printed than can be kept: then what
 * is not there has to be admitted, and counted right.
 */
export async function measure(rounds = 1): Promise<readonly Metric[]> {
  const all: Metric[] = [];
  for (let round = 0; round < rounds; round += 1) {
    all.push(...(await run('10,000 a second to 20', steady)), ...(await run('100,000 a second to 100', flood)));
  }
  return all;
}

async function run(name: string, load: Load): Promise<readonly Metric[]> {
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'apployd-bench-')));
  await chmod(folder, 0o711);
  const platform = await startPlatform({
    rooms: rooms.filter((room) => room.name === 'server'),
    env: settings(folder),
  });
  try {
    const { url, token, deploymentId, organizationId } = await aDeployment(platform);
    const pid = await serverPid(path.basename(folder));
    const readers = await startReaders({ url, token, deploymentId, subscribers: load.subscribers });
    const held = heldBy(pid);
    const printed = await print(platform.urls.database, { ...load, deploymentId, organizationId });
    const told = await readers.ended(patienceMs);
    return metrics(name, load, { printed, told, heldMiB: await held.most() });
  } finally {
    await platform.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function settings(folder: string) {
  return {
    APPLOYD_DATA: path.join(folder, 'data'),
    SERVER_PORT: '0',
    EDGE_PORT: '0',
    SERVER_RATE_SUBSCRIPTIONS: '100000',
    SERVER_RATE_POINTS: '10000000',
  };
}

/** One that waits: its log is ours to write. */
async function aDeployment(platform: Platform) {
  const apployd = new Apployd({ url: platform.urls.server });
  const account = { name: 'Ada', email: 'ada@example.com', password: 'correct horse battery' };
  const { organization } = await apployd.account.signUp(account);
  const repositoryUrl = 'https://git.example.com/app.git';
  const made = await apployd.projects.create({ organizationId: organization.id, name: 'Loud', repositoryUrl });
  const deployment = await apployd.deployments.create({ environmentId: made.productionEnvironment.id });
  return {
    url: platform.urls.server,
    token: apployd.token ?? '',
    deploymentId: deployment.id,
    organizationId: parsePublicId(organization.id)?.id ?? '',
  };
}

async function serverPid(marker: string): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const found = (await processesOf(marker)).find(({ command }) => command.includes('server/dist/main.js'));
    if (found) return found.pid;
    await sleep(100);
  }
  throw new Error('The server is not there.');
}

type Seen = { readonly printed: Printed; readonly told: readonly Told[]; readonly heldMiB: number };

function metrics(name: string, { mostMiB, keepsUp }: Load, { printed, told, heldMiB }: Seen): readonly Metric[] {
  const missing = told.map(({ lines, lost }) => printed.kept - lines - lost);
  const unadmitted = printed.printed - (printed.kept - printed.tellers) - printed.toldLost;
  return [
    atMost(`${name}: lines that a reader missed without being told`, 'count', missing, 0, max),
    atMost(
      `${name}: lines out of order or twice`,
      'count',
      told.map(({ wrong }) => wrong),
      0,
      max,
    ),
    atMost(`${name}: lines dropped before they were kept, and not counted`, 'count', [unadmitted], 0),
    atMost(
      `${name}: from the last line printed until the slowest reader has it`,
      'ms',
      told.map(({ endedAt }) => endedAt - printed.endedAt),
      keepsUp ? 5_000 : patienceMs,
      max,
    ),
    atMost(`${name}: memory that the server took meanwhile`, 'MiB', [heldMiB], mostMiB),
  ];
}
