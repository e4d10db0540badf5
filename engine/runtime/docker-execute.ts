import type Docker from 'dockerode';
import type { Exec } from 'dockerode';
import { withinDeadline } from '@apployd/core/deadline';
import { endProcess } from '../command/end-process.js';
import { callOptions, statusOf } from './docker-call.js';
import { readProcesses } from './process-table.js';
import { reportedOutputBytes, type CommandReport, type ExecuteLimits } from './runtime.js';

const headerBytes = 8;
const notExecutableCode = 126;
const notFoundCode = 127;
const nothing: CommandReport = { exitCode: null, output: '' };

/**
 * Runs commands in containers. Docker cannot end one: where the engine is this machine's its processes are ended here; else
 * it goes on until it ends, and as long as it does no other is begun in that container.
 */
export function dockerExecute(docker: Docker, local: boolean) {
  const left = new Map<string, Exec>();

  return async (handle: string, command: readonly string[], limits: ExecuteLimits): Promise<CommandReport> => {
    const former = left.get(handle);
    if (former && (await runs(former))) return nothing;
    left.delete(handle);
    const exec = await begin(docker, handle, command);
    if (!exec) return nothing;
    try {
      return await withinDeadline(limits.signal, limits.withinMs, (signal) => finish(exec, signal));
    } catch {
      if (local) await end(exec);
      if (await runs(exec)) left.set(handle, exec);
      return nothing;
    }
  };
}

/** Null when the container is gone, or does not run. */
async function begin(docker: Docker, handle: string, command: readonly string[]): Promise<Exec | null> {
  const options = { Cmd: [...command], AttachStdout: true, AttachStderr: true, ...callOptions() };
  try {
    return await docker.getContainer(handle).exec(options);
  } catch (error) {
    if ([404, 409].includes(statusOf(error) ?? 0)) return null;
    throw error;
  }
}

async function finish(exec: Exec, signal: AbortSignal): Promise<CommandReport> {
  const stream = await exec.start({ Tty: false, abortSignal: signal });
  const onAbort = () => stream.destroy(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    const output = await lastOf(stream);
    signal.throwIfAborted();
    const { ExitCode: exitCode } = await exec.inspect(callOptions());
    return { exitCode: isMissing(exitCode, output) ? notFoundCode : exitCode, output };
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Docker gives one code for what may not be run and for what is not there; its words tell them apart. */
function isMissing(exitCode: number | null, output: string): boolean {
  return exitCode === notExecutableCode && /^OCI runtime exec failed.*(not found|no such file)/s.test(output);
}

/** The end of both streams, without the frames that tell one from the other. Holds little more than that. */
async function lastOf(stream: AsyncIterable<unknown>): Promise<string> {
  let waiting: Buffer = Buffer.alloc(0);
  let kept: Buffer = Buffer.alloc(0);
  let inFrame = 0;
  for await (const chunk of stream) {
    waiting = Buffer.concat([waiting, chunk as Buffer]);
    while (waiting.length > 0) {
      if (inFrame === 0) {
        if (waiting.length < headerBytes) break;
        inFrame = waiting.readUInt32BE(4);
        waiting = waiting.subarray(headerBytes);
      }
      const text = waiting.subarray(0, inFrame);
      kept = Buffer.concat([kept, text]).subarray(-reportedOutputBytes);
      inFrame -= text.length;
      waiting = waiting.subarray(text.length);
    }
  }
  return kept.toString('utf8');
}

async function runs(exec: Exec): Promise<boolean> {
  return (await exec.inspect(callOptions()).catch(() => null))?.Running ?? false;
}

async function end(exec: Exec): Promise<void> {
  const { Running: running, Pid: pid } = await exec.inspect(callOptions());
  if (!running || !pid) return;
  const tree = new Set([pid]);
  for (const { pid: child, parent } of await readProcesses()) if (tree.has(parent)) tree.add(child);
  for (const one of tree) endProcess(one);
}
