import { Console } from 'node:console';
import os from 'node:os';
import { PassThrough } from 'node:stream';
import type { Metric } from './metric.js';

export type Circumstances = { readonly loadBefore: number; readonly loadAfter: number; readonly at: Date };

/** The figures as a table, and where and when they were measured. */
export function report(metrics: readonly Metric[], { loadBefore, loadAfter, at }: Circumstances): string {
  const cores = os.cpus();
  const machine = `${cores.length} cores (${cores[0]?.model ?? 'unknown'}), ${Math.round(os.totalmem() / 1024 ** 3)} GiB`;
  const load = `load ${loadBefore.toFixed(2)} before and ${loadAfter.toFixed(2)} after`;
  const system = `${os.type()} ${os.release()}, node ${process.version}`;
  return `${table(metrics)}${machine}, ${system}, ${load}, ${at.toISOString()}\n`;
}

function table(metrics: readonly Metric[]): string {
  const rows = metrics.map(({ metric, ours, unit, reference, ratio, goal, met, n, note }) => [
    metric,
    { ours, unit, reference, ratio, goal, met, n, note: note ?? '' },
  ]);
  const out = new PassThrough();
  new Console({ stdout: out }).table(Object.fromEntries(rows));
  return String(out.read() ?? '');
}
