import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { repositoryRoot } from '@apployd/launch/rooms';
import { ensureBuilt } from '../ensure-built.js';
import type { Metric } from './metric.js';
import { report } from './report.js';

type Bench = { readonly measure: (rounds?: number) => Promise<readonly Metric[]> };

/** Every benchmark by its name; each is loaded only when it is asked for. */
const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  api: () => import('./api.js'),
  deploy: () => import('./deploy.js'),
  demo: () => import('./demo.js'),
  edge: () => import('./edge.js'),
  logs: () => import('./logs.js'),
  start: () => import('./start.js'),
  wake: () => import('./wake.js'),
};

const usage = `npm run bench -- NAME … [--rounds N], where NAME is one of: ${Object.keys(benches).join(', ')}`;

/** `npm run bench`: measures one after the other, prints each as a table and keeps it in bench/results. */
async function main(): Promise<void> {
  const { names, rounds } = readArguments();
  await ensureBuilt();
  for (const name of names) await measure(name, rounds);
}

function readArguments(): { readonly names: readonly string[]; readonly rounds: number | undefined } {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { rounds: { type: 'string' } } });
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  const isKnown = positionals.length > 0 && positionals.every((name) => Object.hasOwn(benches, name));
  if (!isKnown || (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0))) throw new Error(usage);
  return { names: [...new Set(positionals)], rounds };
}

/** `NAME.json` holds the figures alone; `NAME.txt` what was printed, with the machine and its load. */
async function measure(name: string, rounds: number | undefined): Promise<void> {
  const bench = await benches[name]?.();
  if (!bench) return;
  const loadBefore = os.loadavg()[0] ?? 0;
  const metrics = await bench.measure(rounds);
  const printed = report(metrics, { loadBefore, loadAfter: os.loadavg()[0] ?? 0, at: new Date() });
  console.log(printed);
  const file = path.join(repositoryRoot(), 'bench', 'results', name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.json`, `${JSON.stringify(metrics, null, 2)}\n`);
  await writeFile(`${file}.txt`, printed);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
