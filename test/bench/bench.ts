import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Metric } from './metric.js';

/** Every benchmark by its name; each is loaded only when it is asked for. */
const benches: Readonly<
  Record<string, () => Promise<{ readonly measure: (rounds?: number) => Promise<readonly Metric[]> }>>
> = {
  deploy: () => import('./deploy.js'),
  start: () => import('./start.js'),
};

const results = fileURLToPath(new URL('../../bench/results', import.meta.url));
const { values, positionals } = parseArgs({ allowPositionals: true, options: { rounds: { type: 'string' } } });
const [name = ''] = positionals;
const load = benches[name];
if (!load) {
  console.error(`npm run bench -- NAME [--rounds N], where NAME is one of: ${Object.keys(benches).join(', ')}`);
  process.exit(1);
}
const loadBefore = os.loadavg()[0] ?? 0;
const metrics = await (await load()).measure(values.rounds ? Number(values.rounds) : undefined);
print(metrics);
await mkdir(results, { recursive: true });
await writeFile(path.join(results, `${name}.json`), JSON.stringify(metrics, null, 2));
console.log(
  `${os.cpus().length} cores (${os.cpus()[0]?.model ?? 'unknown'}), load ${loadBefore.toFixed(2)} before, node ${process.version}`,
);
process.exit(0);

function print(all: readonly Metric[]): void {
  console.table(
    Object.fromEntries(
      all.map(({ metric, ours, unit, reference, ratio, goal, met, n }) => [
        metric,
        { ours, unit, reference, ratio, goal, met, n },
      ]),
    ),
  );
}
