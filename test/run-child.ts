import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const children = new Set<ChildProcess>();
let stopped: NodeJS.Signals | null = null;

/** Runs a program to its end with our output. Throws when it fails, runs too long, or the run is stopped. */
export async function runChild(
  program: string,
  args: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv; readonly timeoutMs: number },
): Promise<void> {
  if (stopped) throw new Error(`Stopped by ${stopped}.`);
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], env: options.env });
  children.add(child);
  const deadline = setTimeout(() => stop(child, 'SIGTERM'), options.timeoutMs);
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    if (stopped) throw new Error(`Stopped by ${stopped}.`);
    if (code !== 0) throw new Error(`${[program, ...args].join(' ')} ended with ${signal ?? `code ${code}`}.`);
  } finally {
    clearTimeout(deadline);
    children.delete(child);
  }
}

/** Ends what runs; the run then comes to its end, and cleans up, by itself. */
export function stopChildren(signal: NodeJS.Signals): void {
  stopped = signal;
  for (const child of children) stop(child, signal);
}

/** The signal that ended the run before its time. */
export const stoppedBy = (): NodeJS.Signals | null => stopped;

const graceMs = 15_000;

function stop(child: ChildProcess, signal: NodeJS.Signals): void {
  child.kill(signal);
  const force = setTimeout(() => child.kill('SIGKILL'), graceMs);
  child.once('exit', () => clearTimeout(force));
}
