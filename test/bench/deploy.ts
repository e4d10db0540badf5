import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { idOf } from '@apployd/core/id';
import type { Deployment, DeploymentHandle } from '@apployd/sdk';
import { aPlatform, type TestPlatform } from '../system/a-platform.js';
import { sampleRepository, type Files, type SampleRepository } from '../system/sample-repository.js';
import { visitors } from '../system/visitors.js';
import { dockerByHand } from './by-hand.js';
import { startFloor, type Floor } from './floor.js';
import { atMost, besides, max, medianAndP95, type Metric } from './metric.js';
import { visitUntil } from './visit-until.js';

const firstRounds = 5;
const atOnce = 10;
const roundsAtOnce = 2;
const goal = 1;

/** Deployments on Docker beside a shell script's commands, in turns: first, unchanged source, changed source, ten at once. */
export async function measure(rounds = 20): Promise<readonly Metric[]> {
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'apployd-bench-')));
  try {
    return [...(await oneByOne(folder, rounds)), await atTheSameTime(folder, Math.min(roundsAtOnce, rounds))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function oneByOne(folder: string, rounds: number): Promise<readonly Metric[]> {
  return withBench(path.join(folder, 'one-by-one'), {}, async (bench) => {
    const first = await eachFirst(bench, Math.min(firstRounds, rounds));
    const cached = await redeploy(bench, 'cached', rounds);
    const changed = await redeploy(bench, 'changed', rounds);
    return [
      ...medianAndP95('first deploy', 'ms', first.ours, first.floor, 'shell floor', goal),
      ...medianAndP95('redeploy, cached', 'ms', cached.ours, cached.floor, 'shell floor', goal),
      ...medianAndP95('redeploy, changed source', 'ms', changed.ours, changed.floor, 'shell floor', goal),
      atMost('failed requests during the switches', 'count', [cached.failed + changed.failed], 0),
    ];
  });
}

/** The floors all run at the same time: as many slots let the platform do so too. */
async function atTheSameTime(folder: string, rounds: number): Promise<Metric> {
  return withBench(path.join(folder, 'at-once'), { ENGINE_CONCURRENCY: String(atOnce) }, async (bench) => {
    const ten = await tenAtOnce(bench, rounds);
    return besides('ten at once, last one live', 'ms', ten.ours, ten.floor, 'ten shell floors', goal);
  });
}

/** More than one deployment in three seconds is measured here. */
const withoutRest = {
  SERVER_RATE_DEPLOYMENTS: '10000',
  SERVER_RATE_MUTATIONS: '10000',
  SERVER_RATE_SUBSCRIPTIONS: '10000',
};

/** A platform with these settings and a floor, which have both deployed something before. */
async function withBench<T>(
  folder: string,
  settings: Readonly<Record<string, string>>,
  work: (bench: Bench) => Promise<T>,
): Promise<T> {
  await mkdir(folder);
  const env = { ...withoutRest, ...settings };
  const platform = await aPlatform({ runtime: 'docker', streams: 'websocket', env });
  try {
    const repository = await sampleRepository(path.join(platform.folder, 'repositories', 'floor'));
    const floor = await startFloor({ byHand: dockerByHand(), folder, repository: repository.url, tellsRelease: true });
    try {
      await repository.commit('main', floorApp('warm-up'));
      await floor.deploy('warm', 'warm-up');
      await deploy(platform, await platform.project('warm', repository.url), 'warm-up');
      return await work({ platform, repository, floor });
    } finally {
      await floor.stop();
    }
  } finally {
    await platform.stop();
  }
}

type Bench = { readonly platform: TestPlatform; readonly repository: SampleRepository; readonly floor: Floor };
type Times = { readonly ours: number[]; readonly floor: number[] };

/** Neither is always the first, who finds the machine colder or less full. */
async function inTurns(round: number, floor: () => Promise<void>, ours: () => Promise<void>): Promise<void> {
  for (const turn of round % 2 === 0 ? [floor, ours] : [ours, floor]) await turn();
}

async function eachFirst({ platform, repository, floor }: Bench, rounds: number): Promise<Times> {
  const times: Times = { ours: [], floor: [] };
  const theirTurn = async (app: string) => {
    await repository.commit('main', floorApp(app));
    times.floor.push(await floor.deploy(app, app));
  };
  const ourTurn = async (app: string) => {
    await repository.commit('main', floorApp(`${app}-ours`));
    const environment = await platform.project(app, repository.url);
    times.ours.push(await deploy(platform, environment, `${app}-ours`));
  };
  for (let i = 0; i < rounds; i += 1) {
    await inTurns(
      i,
      () => theirTurn(`first-${i}`),
      () => ourTurn(`first-${i}`),
    );
  }
  return times;
}

async function redeploy(
  { platform, repository, floor }: Bench,
  kind: 'cached' | 'changed',
  rounds: number,
): Promise<Times & { readonly failed: number }> {
  const times: Times = { ours: [], floor: [] };
  const environment = await platform.project(kind, repository.url);
  /** Of what is cached everybody answers the same, again and again. */
  const commit = async (answer: string) => {
    if (kind === 'cached') return kind;
    await repository.commit('main', floorApp(answer));
    return answer;
  };
  await repository.commit('main', floorApp(kind));
  await floor.deploy(kind, kind);
  await deploy(platform, environment, kind);
  const crowd = visitors(environment.url, 2);
  for (let i = 0; i < rounds; i += 1) {
    await inTurns(
      i,
      async () => void times.floor.push(await floor.deploy(kind, await commit(`${kind}-${i}-floor`))),
      async () => void times.ours.push(await deploy(platform, environment, await commit(`${kind}-${i}`))),
    );
  }
  const { failures } = await crowd.stop();
  return { ...times, failed: failures.length };
}

/** Of each round, how long the last of the ten took. */
async function tenAtOnce({ platform, repository, floor }: Bench, rounds: number): Promise<Times> {
  const times: Times = { ours: [], floor: [] };
  const theirTurn = async (apps: readonly string[], answer: string) => {
    await repository.commit('main', floorApp(answer));
    times.floor.push(max(await Promise.all(apps.map((app) => floor.deploy(app, answer)))));
  };
  const ourTurn = async (apps: readonly string[], answer: string) => {
    await repository.commit('main', floorApp(answer));
    const environments = await Promise.all(apps.map((app) => platform.project(app, repository.url)));
    times.ours.push(max(await Promise.all(environments.map((environment) => deploy(platform, environment, answer)))));
  };
  for (let round = 0; round < rounds; round += 1) {
    const apps = Array.from({ length: atOnce }, (_, i) => `ten-${round}-${i}`);
    await inTurns(
      round,
      () => theirTurn(apps, `ten-${round}`),
      () => ourTurn(apps, `ten-${round}-ours`),
    );
  }
  return times;
}

/**
 * Milliseconds from the mutation until the new deployment answers through the edge. As at the floor nobody looks before there
 * is something to start.
 */
async function deploy(
  platform: TestPlatform,
  environment: { readonly id: string; readonly url: string },
  answer: string,
): Promise<number> {
  const began = performance.now();
  const deployment = await platform.apployd.deployments.create({ environmentId: environment.id });
  const id = idOf('Deployment', deployment.id);
  const { isBuilt, isOver } = follow(deployment);
  await Promise.race([isBuilt, isOver]);
  await visitUntil(environment.url, ({ body }) => body.trim() === `${answer} ${id}`);
  const tookMs = performance.now() - began;
  await isOver;
  return tookMs;
}

function follow(deployment: DeploymentHandle) {
  let built = () => {};
  const isBuilt = new Promise<void>((resolve) => (built = resolve));
  const onStatus = ({ status }: Deployment) => void (status === 'DEPLOYING' && built());
  return { isBuilt, isOver: deployment.wait({ timeoutMs: 60_000, onStatus }) };
}

/** The app of the lab's floor, which also tells which deployment it is. */
function floorApp(answer: string): Files {
  return {
    'server.js': `require('http').createServer((q, s) => s.end('${answer} ' + (process.env.APPLOYD_DEPLOYMENT_ID ?? '') + '\\n')).listen(process.env.PORT || 3000);
process.on('SIGTERM', () => process.exit(0));
`,
    'package.json': '{"name":"app","version":"1.0.0","private":true}\n',
    Dockerfile:
      'FROM node:20-alpine\nWORKDIR /app\nCOPY package.json ./\nRUN npm --version\nCOPY . .\nUSER node\nCMD ["node","server.js"]\n',
    '.dockerignore': '.git\nnode_modules\n',
  };
}
