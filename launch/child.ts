import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseReadyMessage } from '@apployd/backplane/process/ready-message';
import { backoffMs } from '@apployd/core/backoff';

export interface ChildOptions {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onLine: (line: string) => void;
  readonly readyTimeoutMs?: number;
  /** Wait before the first restart; it doubles up to a minute, and starts anew after a minute without a crash. */
  readonly restartMs?: number;
}

/** A program that is started again when it crashes, until it is stopped. */
export interface Child {
  readonly name: string;
  /** Its address once it is healthy for the first time. Rejects when it ends before: that is an error, not a crash. */
  readonly ready: Promise<string | undefined>;
  /** Asks it to end, and kills it when it has not after `graceMs`. */
  stop(graceMs: number): Promise<void>;
  /** Kills it now, also while `stop` waits. */
  kill(): void;
}

const longestRestartMs = 60_000;
const lastWordsMs = 200;

export function startChild(options: ChildOptions): Child {
  const { name, onLine, restartMs = 500 } = options;
  const stopping = new AbortController();
  let run = startRun(options);

  const ready = run.ready;
  ready.catch(() => undefined);
  const supervised = (async () => {
    if (
      await ready.then(
        () => false,
        () => true,
      )
    )
      return;
    for (let crashes = 1; ; crashes++) {
      const end = await run.ended;
      if (stopping.signal.aborted) return;
      if (Date.now() - run.startedAt > longestRestartMs) crashes = 1;
      const waitMs = backoffMs(crashes, restartMs, longestRestartMs);
      onLine(`ended unexpectedly (${end}); starting again in ${waitMs} ms`);
      await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      run = startRun(options);
      run.ready.catch(() => run.process.kill('SIGKILL'));
    }
  })();

  return {
    name,
    ready,
    kill: () => void run.process.kill('SIGKILL'),
    stop: async (graceMs) => {
      stopping.abort();
      run.process.kill('SIGTERM');
      const late = setTimeout(() => {
        onLine(`did not end within ${graceMs} ms and was killed`);
        run.process.kill('SIGKILL');
      }, graceMs);
      await run.ended;
      clearTimeout(late);
      await supervised;
    },
  };
}

interface Run {
  readonly process: ChildProcess;
  readonly startedAt: number;
  readonly ready: Promise<string | undefined>;
  /** How it ended, in words. Never rejects. */
  readonly ended: Promise<string>;
}

/** In a session of its own: the terminal's Ctrl-C reaches the launcher alone, which ends its children in order. */
function startRun({ name, command, env, onLine, readyTimeoutMs = 30_000 }: ChildOptions): Run {
  const child = spawn(process.execPath, [...command], {
    env: env as NodeJS.ProcessEnv,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let lastLine = '';
  const hear = (line: string) => {
    if (/^\S/.test(line)) lastLine = line;
    onLine(line);
  };
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', hear);
  }
  const ended = describeEnd(child);
  return { process: child, startedAt: Date.now(), ended, ready: firstReady(child) };

  function firstReady(child: ChildProcess): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${name} did not become healthy in time.`)), readyTimeoutMs);
      child.on('message', (message) => {
        const parsed = parseReadyMessage(message);
        if (parsed) settle(() => resolve(parsed.url));
      });
      void ended.then((end) => settle(() => reject(new Error(`${name} did not start (${end}): ${lastLine}`))));
      const settle = (how: () => void) => {
        clearTimeout(late);
        how();
      };
    });
  }
}

/** `exit` may come before the last lines of output; `close` comes after them, or never when a grandchild holds them. */
async function describeEnd(child: ChildProcess): Promise<string> {
  const closed = once(child, 'close').catch(() => undefined);
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    await Promise.race([closed, sleep(lastWordsMs)]);
    return signal ?? `exit code ${code}`;
  } catch (error) {
    return (error as Error).message;
  }
}
