import { chmod, cp, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeRepository } from '@apployd/launch/demo/repository';
import { startEmbeddedPostgres } from '@apployd/launch/postgres/embedded-postgres';
import { repositoryRoot } from '@apployd/launch/rooms';
import { temporaryFolder } from '@apployd/launch/temporary-folder';
import { run } from '../host/command.js';
import { dockerAnswers } from '../host/docker-engine.js';
import { dockerByHand, processesByHand, type ByHand } from './by-hand.js';
import { startFloor } from './floor.js';
import { atMost, medianAndP95, type Metric } from './metric.js';

type RuntimeName = 'docker' | 'process';
type Times = { readonly ours: number[]; readonly byHand: number[]; readonly failed: number[] };

const byHand = { docker: dockerByHand, process: processesByHand } satisfies Record<RuntimeName, () => ByHand>;
const title = { docker: 'demo on Docker', process: 'demo on processes' } satisfies Record<RuntimeName, string>;
/** Times what it takes by hand. */
const goal = 3;
const deadlineMs = 300_000;

/**
 * The demo from the command to its end, beside the same journey by hand: what the platform adds to what nobody gets
 * around. By hand is a new database, Nginx, the first commit live, the second, back to the first, and the end of it
 * all, by the commands of a shell script.
 */
export async function measure(rounds = 3): Promise<readonly Metric[]> {
  const runtimes = await runtimesHere();
  const times = new Map(runtimes.map((runtime) => [runtime, { ours: [], byHand: [], failed: [] } as Times]));
  for (let round = 0; round < rounds; round += 1)
    for (const [runtime, { ours, byHand: reference, failed }] of times) {
      reference.push(await journeyByHand(byHand[runtime]()));
      const demo = await runDemo(runtime);
      ours.push(demo.tookMs);
      failed.push(demo.failed);
    }
  return [...times].flatMap(([runtime, { ours, byHand: reference, failed }]) => [
    ...medianAndP95(title[runtime], 'ms', ours, reference, 'the same by hand', goal),
    atMost(`${title[runtime]}, failed requests`, 'count', failed, 0, sum),
  ]);
}

async function runtimesHere(): Promise<readonly RuntimeName[]> {
  if (await dockerAnswers()) return ['docker', 'process'];
  console.log('No Docker engine answers: the demo is measured on processes alone.');
  return ['process'];
}

async function journeyByHand(hand: ByHand): Promise<number> {
  const folder = await realpath(await mkdtemp(path.join(await temporaryFolder(), 'apployd-bench-')));
  await chmod(folder, 0o711);
  try {
    const example = await exampleWithDockerfile(path.join(folder, 'example'));
    const began = performance.now();
    const postgres = await startEmbeddedPostgres({ folder: path.join(folder, 'postgres') });
    await thereAndBack(hand, folder, example).finally(() => postgres.stop());
    return performance.now() - began;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function thereAndBack(hand: ByHand, folder: string, example: string): Promise<void> {
  const repository = await makeRepository(example, path.join(folder, 'hello'));
  const floor = await startFloor({ byHand: hand, folder, repository: repository.url });
  try {
    await floor.deploy('hello', 'Hello from Apployd');
    await repository.change('server.js', 'Hello from Apployd', 'Hello again');
    await floor.deploy('hello', 'Hello again');
    await floor.goBack('hello', 'Hello from Apployd');
  } finally {
    await floor.stop();
  }
}

/** The platform plans how the demo's app is built; by hand somebody has to write it down. */
async function exampleWithDockerfile(folder: string): Promise<string> {
  await cp(path.join(repositoryRoot(), 'examples', 'hello-node'), folder, { recursive: true });
  const lines = ['FROM node:20-alpine', 'WORKDIR /app', 'USER node', 'COPY . .', 'CMD ["node", "server.js"]'];
  await writeFile(path.join(folder, 'Dockerfile'), `${lines.join('\n')}\n`);
  await writeFile(path.join(folder, '.dockerignore'), '.git\n');
  return folder;
}

/** A demo with failed requests ends as an error; those are counted here. */
async function runDemo(runtime: RuntimeName): Promise<{ readonly tookMs: number; readonly failed: number }> {
  const command = ['--prefix', repositoryRoot(), 'run', '--silent', 'demo', '--', '--runtime', runtime];
  const began = performance.now();
  const printed = await run('npm', command, { timeoutMs: deadlineMs }).catch(({ message }: Error) => message);
  const tookMs = performance.now() - began;
  const failed = /\d+ requests meanwhile, (\d+) failed/.exec(printed)?.[1];
  if (failed === undefined) throw new Error(`The demo did not get to its end:\n${printed}`);
  return { tookMs, failed: Number(failed) };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
