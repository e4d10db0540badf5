import { spawn } from 'node:child_process';
import { endProcess } from './end-process.js';

export type Command = {
  /** Program and arguments; no shell is involved. */
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The whole environment: nothing of this process is passed on. */
  readonly environment: Readonly<Record<string, string>>;
  /** As whom it runs; as this process when absent. */
  readonly user?: { readonly uid: number; readonly gid: number } | null;
  /** Called with what it writes, as it arrives. */
  readonly onOutput?: (chunk: Buffer, output: 'stdout' | 'stderr') => void;
  /** Called once it runs, with its process group. */
  readonly onStart?: (group: number) => void;
};

export type CommandResult = {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The first 64 KiB of its output. */
  readonly stdout: string;
  /** The last 8 KiB of its complaints. */
  readonly stderr: string;
};

/**
 * Runs a program in a process group of its own until it ends. Once it has ended, or the signal fires, its whole group
 * is ended too. Rejects with the signal's reason, or when the program cannot be started.
 */
export async function runCommand(command: Command, signal: AbortSignal): Promise<CommandResult> {
  signal.throwIfAborted();
  const [program = '', ...rest] = command.argv;
  const child = spawn(program, rest, {
    cwd: command.cwd,
    env: { ...command.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...command.user,
  });
  const { pid } = child;
  const endGroup = () => pid !== undefined && endProcess(-pid);
  const kept = collect(child.stdout, child.stderr, command.onOutput);
  signal.addEventListener('abort', endGroup, { once: true });
  try {
    if (pid !== undefined) command.onStart?.(pid);
    const ended = await new Promise<Pick<CommandResult, 'exitCode' | 'signal'>>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (exitCode, endedBy) => {
        endGroup();
        letGo(child.stdout, child.stderr);
        child.once('close', () => resolve({ exitCode, signal: endedBy }));
      });
    });
    signal.throwIfAborted();
    return { ...ended, ...kept() };
  } finally {
    signal.removeEventListener('abort', endGroup);
  }
}

const keptOutputBytes = 64 * 1024;
const keptComplaintBytes = 8 * 1024;
const letGoMs = 1_000;

type Output = NodeJS.ReadableStream & { destroy(): void };

function collect(stdout: Output, stderr: Output, onOutput: Command['onOutput']) {
  let head: Buffer = Buffer.alloc(0);
  let tail: Buffer = Buffer.alloc(0);
  stdout.on('data', (chunk: Buffer) => {
    onOutput?.(chunk, 'stdout');
    if (head.length < keptOutputBytes) head = Buffer.concat([head, chunk]).subarray(0, keptOutputBytes);
  });
  stderr.on('data', (chunk: Buffer) => {
    onOutput?.(chunk, 'stderr');
    tail = Buffer.concat([tail, chunk]).subarray(-keptComplaintBytes);
  });
  return () => ({ stdout: head.toString('utf8'), stderr: tail.toString('utf8') });
}

/**
 * A process that left the group may hold the outputs open for ever: do not wait for it. What was written until the time is
 * over is read all the same: timers come before reading, so when this process stood still, nothing may have been read yet.
 */
function letGo(...outputs: readonly Output[]): void {
  const destroy = () => outputs.forEach((output) => output.destroy());
  setTimeout(() => setImmediate(destroy), letGoMs).unref();
}
