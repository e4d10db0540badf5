import os from 'node:os';
import type { Outcome } from './rehearse.js';

/** The outcomes as a table of a Markdown page, with when and where. */
export function table(outcomes: readonly Outcome[], at: Date): string {
  const kept = outcomes.filter(({ problems }) => problems.length === 0).length;
  const healed = outcomes.map(({ healedMs }) => healedMs).sort((a, b) => a - b);
  const median = healed[Math.floor(healed.length / 2)] ?? 0;
  return [
    `${kept} of ${outcomes.length} points kept every promise. Healed after ${seconds(median)} in the median, ${seconds(healed.at(-1) ?? 0)} at most.`,
    `Measured on ${at.toISOString().slice(0, 16).replace('T', ' ')} UTC: ${machine()}`,
    [
      row(
        'what is struck',
        'when',
        'runtime',
        'ended as',
        'visits',
        'failed',
        'outage',
        'lines',
        'healed after',
        'what went wrong',
      ),
      row(...Array.from({ length: 10 }, () => '---')),
      ...outcomes.map(rowOf),
    ].join('\n'),
  ].join('\n\n');
}

function rowOf({ victim, moment, runtime, status, visits, lines, healedMs, problems }: Outcome): string {
  const { answered, failures, outageMs } = visits;
  const outage = failures.length === 0 ? '' : seconds(outageMs);
  const happened = [status, answered, failures.length, outage, lines, seconds(healedMs), problems.join('; ')];
  return row(victim, moment, runtime, ...happened);
}

const row = (...cells: readonly (string | number)[]) =>
  `| ${cells.map((cell) => String(cell).replaceAll(/[|\s]+/g, ' ')).join(' | ')} |`;
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

function machine(): string {
  const cores = os.cpus();
  const load = (os.loadavg()[0] ?? 0).toFixed(1);
  return `${cores.length} cores (${cores[0]?.model ?? 'unknown'}), ${Math.round(os.totalmem() / 1024 ** 3)} GiB, ${os.type()} ${os.release()}, Node ${process.version}, load ${load} at the end.`;
}
