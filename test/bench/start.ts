import { mkdtemp, readFile, realpath, rm, chmod } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPlatform, type Platform } from '@apployd/launch/start-platform';
import { processesOf } from '../leftovers.js';
import { atMost, type Metric } from './metric.js';

const settleMs = 10_000;

/** How long the platform takes until all of it is healthy, and what it keeps in memory while nothing happens. */
export async function measure(rounds = 5): Promise<readonly Metric[]> {
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'apployd-bench-')));
  await chmod(folder, 0o711);
  try {
    const first = await start(folder);
    await first.platform.stop();
    const again: number[] = [];
    for (let round = 1; round < rounds; round += 1) {
      const { platform, tookMs } = await start(folder);
      again.push(tookMs);
      await platform.stop();
    }
    const last = await start(folder);
    again.push(last.tookMs);
    await sleep(settleMs);
    const memory = await memoryOf(path.basename(folder));
    await last.platform.stop();
    console.table(memory);
    return [
      atMost('cold start, first time', 'ms', [first.tookMs], 4_000),
      atMost('cold start, database exists', 'ms', again, 2_000),
      atMost(
        'idle memory without PostgreSQL (PSS)',
        'MiB',
        [memory.reduce((sum, { mebibytes }) => sum + mebibytes, 0)],
        230,
      ),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function start(folder: string): Promise<{ readonly platform: Platform; readonly tookMs: number }> {
  const began = performance.now();
  const platform = await startPlatform({
    env: { APPLOYD_DATA: path.join(folder, 'data'), ENGINE_DISPOSABLE: 'true', SERVER_PORT: '0', EDGE_PORT: '0' },
  });
  return { platform, tookMs: performance.now() - began };
}

type Memory = { readonly process: string; readonly mebibytes: number };

/** Proportional set size of each of the platform's processes; the launcher is this benchmark and not counted. */
async function memoryOf(marker: string): Promise<readonly Memory[]> {
  const processes = (await processesOf(marker)).filter(({ command }) => /dist\/main\.js/.test(command));
  return Promise.all(
    processes.map(async ({ pid, command }) => {
      const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
      const kibibytes = Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? NaN);
      return {
        process: /(\w+)\/dist\/main\.js/.exec(command)?.[1] ?? command,
        mebibytes: Math.round(kibibytes / 1024),
      };
    }),
  );
}
