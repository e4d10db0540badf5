import type { AskToWake } from './router.js';

/** Keeps requests for what sleeps until it is awake. */
export type Holding = {
  /**
   * Resolves with `over` once the host name sleeps no more, or the signal fires; with `late` after `forMs`; with `full` when
   * no more may wait. One waker asks for as many as wait.
   */
  wait(sleeper: Sleeper, forMs: number, signal: AbortSignal): Promise<'over' | 'late' | 'full'>;
  /** These host names may lead somewhere else by now. */
  changed(hostnames: readonly string[]): void;
  close(): void;
};

export type Sleeper = { readonly hostname: string; readonly environmentId: string };

export type HoldingOptions = {
  readonly ask: AskToWake;
  readonly isAsleep: (hostname: string) => boolean;
  /** For one host name, and for all. */
  readonly mostPerHostname: number;
  readonly most: number;
};

/** An ask may be lost on its way. */
const askAgainMs = 2_000;

type Waiting = { readonly timer: NodeJS.Timeout; readonly resolves: Set<() => void> };

export function holding({ ask, isAsleep, mostPerHostname, most }: HoldingOptions): Holding {
  const byHostname = new Map<string, Waiting>();
  let count = 0;

  const begin = ({ hostname, environmentId }: Sleeper): Waiting => {
    ask(environmentId);
    const timer = setInterval(() => ask(environmentId), askAgainMs);
    const waiting = { timer, resolves: new Set<() => void>() };
    byHostname.set(hostname, waiting);
    return waiting;
  };

  const leave = (hostname: string, waiting: Waiting, resolve: () => void) => {
    if (!waiting.resolves.delete(resolve)) return;
    count -= 1;
    if (waiting.resolves.size > 0) return;
    clearInterval(waiting.timer);
    byHostname.delete(hostname);
  };

  const release = (hostname: string) => {
    for (const resolve of [...(byHostname.get(hostname)?.resolves ?? [])]) resolve();
  };

  return {
    wait: (sleeper, forMs, signal) => {
      const { hostname } = sleeper;
      if (signal.aborted || !isAsleep(hostname)) return Promise.resolve('over');
      const there = byHostname.get(hostname)?.resolves.size ?? 0;
      if (count >= most || there >= mostPerHostname) return Promise.resolve('full');
      const waiting = byHostname.get(hostname) ?? begin(sleeper);
      count += 1;
      return new Promise((resolve) => {
        const end = (how: 'over' | 'late') => {
          clearTimeout(late);
          signal.removeEventListener('abort', over);
          leave(hostname, waiting, over);
          resolve(how);
        };
        const over = () => end('over');
        const late = setTimeout(() => end('late'), forMs);
        signal.addEventListener('abort', over, { once: true });
        waiting.resolves.add(over);
      });
    },
    changed: (hostnames) => {
      for (const hostname of hostnames) if (!isAsleep(hostname)) release(hostname);
    },
    close: () => {
      for (const hostname of [...byHostname.keys()]) release(hostname);
    },
  };
}
