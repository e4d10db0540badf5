import { readFile } from 'node:fs/promises';
import { withinDeadline } from '@apployd/core/deadline';
import { runCommand } from '../command/run-command.js';
import { joinCgroup } from './process-cgroup.js';
import type { ProcessRecord } from './process-record.js';
import type { ProcessRuntimeSettings } from './process.js';
import { reportedOutputBytes, type CommandReport, type ExecuteLimits } from './runtime.js';

const notFoundCode = 127;

/** What is to be run in which instance. `known` is what the instance was started with, where this engine started it. */
export type ProcessCommand = {
  readonly record: ProcessRecord;
  readonly command: readonly string[];
  readonly known: Readonly<Record<string, string>> | undefined;
};

/** Runs a command beside an instance's own processes: in its folder and its control group, with its variables. */
export async function executeBeside(
  { record, command, known }: ProcessCommand,
  { withinMs, signal }: ExecuteLimits,
  { user }: Pick<ProcessRuntimeSettings, 'user'>,
): Promise<CommandReport> {
  const environment = known ?? (await environmentOf(record));
  if (!environment || !record.cwd) return { exitCode: null, output: '' };
  const { cgroup, cwd } = record;
  let output: Buffer = Buffer.alloc(0);
  const onOutput = (chunk: Buffer) => (output = Buffer.concat([output, chunk]).subarray(-reportedOutputBytes));
  // What it starts before it is in the group carries the instance's mark, and is found by that.
  const onStart = (pid: number) => void (cgroup && joinCgroup(cgroup, pid).catch(() => undefined));
  const end = await withinDeadline(signal, withinMs, (stop) =>
    runCommand({ argv: command, cwd, environment, user, onOutput, onStart }, stop),
  ).catch(howItFailed);
  if (typeof end === 'string') return { exitCode: notFoundCode, output: end };
  return { exitCode: end?.exitCode ?? null, output: output.toString('utf8') };
}

/** Null when it was ended; a sentence when it could not be started. */
function howItFailed(error: NodeJS.ErrnoException): string | null {
  if (error.code === 'ENOENT') return 'There is no such command.';
  return error.syscall?.startsWith('spawn') ? `It could not be started: ${error.message}` : null;
}

/** As the kernel keeps it of the process that an earlier engine started; null where it does not. */
async function environmentOf({ leader }: ProcessRecord): Promise<Record<string, string> | null> {
  const text = leader && (await readFile(`/proc/${leader.pid}/environ`, 'utf8').catch(() => null));
  if (!text) return null;
  const pairs = text.split('\0').filter((entry) => entry.includes('='));
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}
