import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Logger } from '@apployd/backplane/log/logger';
import { killGroup, untilGroupEnded } from './process-group.js';
import { relayLines } from './relay-lines.js';

/** One run of Nginx, from its start to its end. */
export type Run = {
  /** How it ended, with its last words, once all that belongs to it has ended. Never rejects. */
  readonly ended: Promise<string>;
  /** Until now, or until its end. */
  ageMs(): number;
  /** To Nginx and all that belongs to it. Nothing happens when it is gone. */
  kill(signal: NodeJS.Signals): void;
  /** Lets requests in flight finish up to `graceMs`, and is over when it is. */
  end(graceMs: number): Promise<void>;
};

export const argumentsFor = (folder: string, configuration: string): readonly string[] => [
  ...['-p', folder],
  ...['-e', 'stderr'],
  ...['-c', configuration],
];

const mostWords = 5;
const groupEndsWithinMs = 2_000;

/** In a process group of its own: what a dead Nginx leaves behind holds the port and has to be reached. */
export function startRun(options: { readonly program: string; readonly folder: string; readonly log: Logger }): Run {
  const { program, folder, log } = options;
  const command = [...argumentsFor(folder, `${folder}/current/nginx.conf`), '-g', 'daemon off;'];
  const child = spawn(program, command, { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  const startedAt = Date.now();
  let endedAt: number | null = null;
  const words = new Set<string>();
  const relay = relayLines(log);
  createInterface({ input: child.stderr }).on('line', (line) => {
    const [, said] = /\[(?:alert|emerg)\] [\d#]+: (.*)/.exec(line) ?? [];
    if (said && words.size < mostWords) words.add(said);
    relay(line);
  });
  const kill = (signal: NodeJS.Signals) => killGroup(child.pid, signal);
  const ended = endOf(child).then(async (end) => {
    endedAt = Date.now();
    kill('SIGKILL');
    if (child.pid !== undefined) await untilGroupEnded(child.pid, groupEndsWithinMs);
    return [end, ...words].join(': ');
  });
  return {
    ended,
    ageMs: () => (endedAt ?? Date.now()) - startedAt,
    kill,
    end: async (graceMs) => {
      child.kill('SIGQUIT');
      const timer = setTimeout(() => kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

async function endOf(child: ChildProcess): Promise<string> {
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return signal ?? `exit code ${code}`;
  } catch (error) {
    return (error as Error).message;
  }
}
