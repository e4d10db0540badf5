import { mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { idOf } from '@apployd/core/id';
import { aPlatform, type TestPlatform } from '../system/a-platform.js';
import { sampleRepository, type Files, type SampleRepository } from '../system/sample-repository.js';
import { visitors } from '../system/visitors.js';
import { dockerByHand } from './by-hand.js';
import { startFloor, type Floor } from './floor.js';
import { atMost, besides, max, medianAndP95, type Metric } from './metric.js';
import { visitUntil } from './visit-until.js';

const firstRounds = 5;
const atOnce = 10;
const goal = 1.15;

/** Deployments on Docker beside a shell script's commands, in turn: first, unchanged source, changed source, ten at once. */
export async function measure(rounds = 20): Promise<readonly Metric[]> {
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'apployd-bench-')));
  const platform = await aPlatform({ runtime: 'docker', streams: 'websocket' });
  const repository = await sampleRepository(path.join(platform.folder, 'repositories', 'floor'));
  const floor = await startFloor({ byHand: dockerByHand(), folder, repository: repository.url });
  try {
    const bench = { platform, repository, floor };
    await repository.commit('main', floorApp('warm-up'));
    await floor.deploy('warm', 'warm-up');
    const first = await eachFirst(bench, Math.min(firstRounds, rounds));
    const cached = await redeploy(bench, 'cached', rounds);
    const changed = await redeploy(bench, 'changed', rounds);
    const ten = await tenAtOnce(bench);
    return [
      ...medianAndP95('first deploy', 'ms', first.ours, first.floor, 'shell floor', goal),
      ...medianAndP95('redeploy, cached', 'ms', cached.ours, cached.floor, 'shell floor', goal),
      ...medianAndP95('redeploy, changed source', 'ms', changed.ours, changed.floor, 'shell floor', goal),
      besides('ten at once, last one live', 'ms', ten.ours, ten.floor, 'ten shell floors', goal, max),
      atMost('failed requests during the switches', 'count', [cached.failed + changed.failed], 0),
    ];
  } finally {
    await floor.stop();
    await platform.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

type Bench = { readonly platform: TestPlatform; readonly repository: SampleRepository; readonly floor: Floor };
type Times = { readonly ours: number[]; readonly floor: number[] };

async function eachFirst({ platform, repository, floor }: Bench, rounds: number): Promise<Times> {
  const times: Times = { ours: [], floor: [] };
  for (let i = 0; i < rounds; i += 1) {
    const answer = `first-${i}`;
    await repository.commit('main', floorApp(answer));
    times.floor.push(await floor.deploy(`first-${i}`, answer));
    await repository.commit('main', floorApp(`${answer}-ours`));
    const environment = await platform.project(`first-${i}`, repository.url);
    times.ours.push(await deploy(platform, environment, `${answer}-ours`));
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
  await repository.commit('main', floorApp(kind));
  await deploy(platform, environment, kind);
  const crowd = visitors(environment.url, 2);
  for (let i = 0; i < rounds; i += 1) {
    const answer = kind === 'cached' ? kind : `${kind}-${i}`;
    if (kind === 'changed') await repository.commit('main', floorApp(`${answer}-floor`));
    times.floor.push(await floor.deploy(kind, kind === 'changed' ? `${answer}-floor` : answer));
    if (kind === 'changed') await repository.commit('main', floorApp(answer));
    times.ours.push(await deploy(platform, environment, answer));
  }
  const { failures } = await crowd.stop();
  return { ...times, failed: failures.length };
}

async function tenAtOnce({ platform, repository, floor }: Bench): Promise<Times> {
  await repository.commit('main', floorApp('ten'));
  const numbers = Array.from({ length: atOnce }, (_, i) => i);
  const theirs = await Promise.all(numbers.map((i) => floor.deploy(`ten-${i}`, 'ten')));
  await repository.commit('main', floorApp('ten-ours'));
  const environments = await Promise.all(numbers.map((i) => platform.project(`ten-${i}`, repository.url)));
  const ours = await Promise.all(environments.map((environment) => deploy(platform, environment, 'ten-ours')));
  return { ours, floor: theirs };
}

/** Milliseconds from the mutation until the new deployment answers through the edge. */
async function deploy(
  platform: TestPlatform,
  environment: { readonly id: string; readonly url: string },
  answer: string,
): Promise<number> {
  const began = performance.now();
  const deployment = await platform.apployd.deployments.create({ environmentId: environment.id });
  const id = idOf('Deployment', deployment.id);
  await visitUntil(environment.url, ({ body }) => body.trim() === `${answer} ${id}`);
  const tookMs = performance.now() - began;
  await deployment.wait({ timeoutMs: 60_000 });
  return tookMs;
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
