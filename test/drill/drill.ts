import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { repositoryRoot } from '@apployd/launch/rooms';
import { ensureBuilt } from '../ensure-built.js';
import { allPoints, fewPoints, type Point, type Runtime, runtimes } from './points.js';
import { rehearse, type Outcome } from './rehearse.js';
import { aScene } from './a-scene.js';
import { table } from './table.js';

/** `npm run drill`: strikes at a few points, or with `--all` at every one, which is written into docs/reliability.md. */
async function main(): Promise<boolean> {
  const { values } = parseArgs({ options: { all: { type: 'boolean', default: false }, runtime: { type: 'string' } } });
  const runtime = runtimeOf(values.runtime);
  await ensureBuilt();
  const outcomes: Outcome[] = [];
  for (const [place, points] of values.all ? allPoints(runtime) : [[runtime ?? 'process', fewPoints] as const]) {
    outcomes.push(...(await rehearseAll(points, place)));
  }
  const text = table(outcomes, new Date());
  console.log(`\n${text}`);
  if (values.all && runtime === undefined) await keep(text);
  return outcomes.every(({ problems }) => problems.length === 0);
}

function runtimeOf(text: string | undefined): Runtime | undefined {
  const runtime = runtimes.find((one) => one === text);
  if (text !== undefined && !runtime) throw new Error(`--runtime is ${runtimes.join(' or ')}; both when it is absent.`);
  return runtime;
}

async function rehearseAll(points: readonly Point[], runtime: Runtime): Promise<Outcome[]> {
  const scene = await aScene(runtime);
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
  const options = { ...(await resolveConfig(file)), parser: 'markdown' };
  await writeFile(file, await format(`${head}${begin}\n\n${text}\n`, options));
}

main().then(
  (kept) => process.exit(kept ? 0 : 1),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
