import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { repositoryRoot } from '@apployd/launch/rooms';
import { ensureBuilt } from '../ensure-built.js';
import { writePage } from '../write-page.js';
import { allPoints, fewPoints, type Point, type Runtime, runtimes } from './points.js';
import { rehearse, type Outcome } from './rehearse.js';
import { aScene, type SceneOptions } from './a-scene.js';
import { table } from './table.js';

const usage = {
  all: { type: 'boolean', default: false },
  runtime: { type: 'string' },
  victim: { type: 'string' },
  moment: { type: 'string' },
} as const;

/**
 * `npm run drill`: strikes at a few points, or with `--all` at every one, which is written into docs/reliability.md.
 * `--victim` and `--moment` leave all others out.
 */
async function main(): Promise<boolean> {
  const { values } = parseArgs({ options: usage });
  const runtime = runtimeOf(values.runtime);
  const isMeant = ({ victim, moment }: Point) =>
    victim === (values.victim ?? victim) && moment === (values.moment ?? moment);
  const places = values.all ? allPoints(runtime) : [[runtime ?? 'process', fewPoints] as const];
  const meant = places.map(([place, points]) => [place, points.filter(isMeant)] as const);
  if (meant.every(([, points]) => points.length === 0)) throw new Error('There is no such point.');
  await ensureBuilt();
  const outcomes: Outcome[] = [];
  for (const [place, points] of meant) {
    if (points.length > 0) outcomes.push(...(await rehearseAll(points, place, { withRelease: values.all })));
  }
  const text = table(outcomes, new Date());
  console.log(`\n${text}`);
  const isWhole = values.all && !runtime && values.victim === undefined && values.moment === undefined;
  if (isWhole) await keep(text);
  return outcomes.every(({ problems }) => problems.length === 0);
}

function runtimeOf(text: string | undefined): Runtime | undefined {
  const runtime = runtimes.find((one) => one === text);
  if (text !== undefined && !runtime) throw new Error(`--runtime is ${runtimes.join(' or ')}; both when it is absent.`);
  return runtime;
}

async function rehearseAll(points: readonly Point[], runtime: Runtime, options: SceneOptions): Promise<Outcome[]> {
  const scene = await aScene(runtime, options);
  const outcomes: Outcome[] = [];
  try {
    for (const point of points) {
      const outcome = await rehearse(scene, point);
      outcomes.push(outcome);
      const { status, healedMs, problems } = outcome;
      console.log(`${point.victim} at ${point.moment}: ${status}, healed after ${healedMs} ms`, ...problems);
    }
  } finally {
    await scene.close();
  }
  return outcomes;
}

const begin = '<!-- written by npm run drill -- --all -->';

async function keep(text: string): Promise<void> {
  const file = path.join(repositoryRoot(), 'docs', 'reliability.md');
  const [head = ''] = (await readFile(file, 'utf8')).split(begin, 1);
  await writePage(file, `${head}${begin}\n\n${text}\n`);
}

main().then(
  (kept) => process.exit(kept ? 0 : 1),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
