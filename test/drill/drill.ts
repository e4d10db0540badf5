import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { repositoryRoot } from '@apployd/launch/rooms';
import { ensureBuilt } from '../ensure-built.js';
import { allPoints, fewPoints } from './points.js';
import { rehearse, type Outcome } from './rehearse.js';
import { aScene } from './a-scene.js';
import { table } from './table.js';

/** `npm run drill`: strikes at a few points, or with `--all` at every one, which is written into docs/reliability.md. */
async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: { all: { type: 'boolean', default: false }, runtime: { type: 'string', default: 'process' } },
  });
  const { all, runtime } = values;
  if (runtime !== 'process' && runtime !== 'docker') throw new Error('--runtime is process or docker.');
  await ensureBuilt();
  const outcomes = await rehearseAll(all ? allPoints : fewPoints, runtime);
  const text = table(outcomes, runtime, new Date());
  console.log(`\n${text}`);
  if (all) await keep(text);
  return outcomes.every(({ problems }) => problems.length === 0);
}

async function rehearseAll(points: typeof allPoints, runtime: 'process' | 'docker'): Promise<Outcome[]> {
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
