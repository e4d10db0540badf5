import { chmod, mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parsePublicId } from '@apployd/core/id';
import { startChild, type Child } from '@apployd/launch/child';
import { rooms } from '@apployd/launch/rooms';
import { startPlatform, type Platform } from '@apployd/launch/start-platform';
import { Apployd } from '@apployd/sdk';
import { processesOf } from '../leftovers.js';
import { cpuOf } from './api/cpu-of.js';
import { load } from './api/load.js';
import { document } from './api/query.js';
import { atLeast, besides, median, p99, type Metric } from './metric.js';

const connections = 32;
/** Of each, in each round, and before the first one: until the compiler has seen enough. */
const requests = 4_000;
const projects = 100;

/** One of the servers that are compared. */
type Contestant = {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  readonly variables: object;
  readonly headers: Readonly<Record<string, string>>;
};

/** Figures of each round. */
type Figures = { readonly requests: number[]; readonly p99: number[]; readonly cpu: number[] };

/**
 * `projects, 20 of 100` over HTTP: ours, with authentication, limits and cost, beside the least that it can cost in Node
 * and a resolver written by hand with GraphQL Yoga. In turn, in one run, on the same rows.
 */
export async function measure(rounds = 7): Promise<readonly Metric[]> {
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'apployd-bench-')));
  await chmod(folder, 0o711);
  const platform = await startPlatform({ rooms: rooms.filter(({ name }) => name === 'server'), env: settings(folder) });
  const references = ['bare', 'yoga'].map((name) => startReference(name, platform.urls.database));
  try {
    const contestants = await ready(platform, references, path.basename(folder));
    const figures = new Map(contestants.map(({ name }) => [name, { requests: [], p99: [], cpu: [] } as Figures]));
    for (const contestant of contestants) await load(requestOf(contestant), connections, requests);
    for (let round = 0; round < rounds; round += 1) {
      for (const contestant of contestants) await turn(contestant, figures.get(contestant.name) as Figures);
    }
    return metrics(figures);
  } finally {
    await Promise.all(references.map(({ child }) => child.stop(2_000)));
    await platform.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A bucket that serves the load, and holds what comes back in a hundred seconds, as ever: its store is asked as seldom. */
function settings(folder: string) {
  return {
    APPLOYD_DATA: path.join(folder, 'data'),
    SERVER_PORT: '0',
    EDGE_PORT: '0',
    SERVER_DEFAULT_PLAN: 'BUSINESS',
    SERVER_RATE_POINTS: '10000000',
    SERVER_RATE_POINTS_PER_SECOND: '100000',
    SERVER_RATE_MUTATIONS: '100000',
  };
}

type Reference = { readonly name: string; readonly child: Child; readonly marker: string };

function startReference(name: string, database: string): Reference {
  const program = fileURLToPath(new URL(`./api/${name}-server.ts`, import.meta.url));
  const command = ['--max-semi-space-size=8', '--conditions=source', '--import', 'tsx', program];
  const env = { ...process.env, NODE_ENV: 'production', DATABASE_URL: database };
  return { name, marker: program, child: startChild({ name, command, env, onLine: (line) => console.error(line) }) };
}

async function ready(
  platform: Platform,
  references: readonly Reference[],
  marker: string,
): Promise<readonly Contestant[]> {
  const apployd = new Apployd({ url: platform.urls.server });
  const { organization } = await apployd.account.signUp({
    name: 'Ada',
    email: 'ada@example.com',
    password: 'correct horse battery',
  });
  for (let i = 0; i < projects; i += 1) {
    const resources = { memoryBytes: 64 * 1024 ** 2, cpuMillicores: 50, bandwidthBytesPerMonth: 1024 ** 3 };
    await apployd.projects.create({ organizationId: organization.id, name: `Project ${i}`, resources });
  }
  const ours = {
    name: 'ours',
    url: `${platform.urls.server}/graphql`,
    pid: await pidOf(marker, /server\/dist\/main\.js/),
    variables: { id: organization.id },
    headers: { authorization: `Bearer ${apployd.token}` },
  };
  const theirs = references.map(async ({ name, child, marker }) => ({
    name,
    url: `${await child.ready}/graphql`,
    pid: await pidOf(marker, /./),
    variables: { id: parsePublicId(organization.id)?.id },
    headers: {},
  }));
  return [...(await Promise.all(theirs)), ours];
}

async function pidOf(marker: string, command: RegExp): Promise<number> {
  const found = (await processesOf(marker)).filter((one) => command.test(one.command));
  const [one] = found;
  if (!one || found.length > 1) throw new Error(`There are ${found.length} processes of ${marker}, not one.`);
  return one.pid;
}

function requestOf({ url, headers, variables }: Contestant) {
  return { url, headers, body: { query: document, variables } };
}

async function turn(contestant: Contestant, figures: Figures): Promise<void> {
  const before = await cpuOf(contestant.pid);
  const { requestsPerSecond, latenciesMs } = await load(requestOf(contestant), connections, requests);
  figures.cpu.push(((await cpuOf(contestant.pid)) - before) / latenciesMs.length);
  figures.requests.push(requestsPerSecond);
  figures.p99.push(p99(latenciesMs));
}

function metrics(figures: ReadonlyMap<string, Figures>): readonly Metric[] {
  const of = (name: string) => figures.get(name) ?? { requests: [], p99: [], cpu: [] };
  const [ours, yoga, bare] = [of('ours'), of('yoga'), of('bare')];
  const perRequest = (cpu: readonly number[]) => cpu.map((ms) => ms * 1_000);
  return [
    atLeast('requests a second', 'a second', ours.requests, yoga.requests, 'Yoga by hand', 0.75),
    besides('p99', 'ms', ours.p99, yoga.p99, 'Yoga by hand', 1.3),
    besides('CPU a request', 'µs', perRequest(ours.cpu), perRequest(yoga.cpu), 'Yoga by hand', 1.33),
    atLeast('requests a second, beside bare', 'a second', ours.requests, bare.requests, 'node http + pg', 0),
    besides('CPU a request, beside bare', 'µs', perRequest(ours.cpu), perRequest(bare.cpu), 'node http + pg', 100),
    besides('p99, beside bare', 'ms', ours.p99, bare.p99, 'node http + pg', 100, median),
  ];
}
