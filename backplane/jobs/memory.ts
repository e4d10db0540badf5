import { jobNames, type JobName } from '@apployd/core/job';
import type { JobHandlers, Jobs, WorkOptions, Worker } from './jobs.js';

type Entry = {
  state: 'waiting' | 'delayed' | 'active';
  attempts: number;
  askedAgain: { delayMs: number } | null;
  timer?: NodeJS.Timeout;
};

/** Jobs within one process; what waits is gone with it. */
export function memoryJobs({ retryMs = 5 }: { readonly retryMs?: number } = {}): Jobs {
  const entries = new Map<JobName, Map<string, Entry>>(jobNames.map((name) => [name, new Map<string, Entry>()]));
  const workers = new Set<(name: JobName) => void>();
  const opened = new Set<Worker>();
  const of = (name: JobName) => entries.get(name) ?? new Map<string, Entry>();
  const wakeWorkers = (name: JobName) => workers.forEach((wake) => wake(name));

  function becomeDue(name: JobName, entry: Entry, delayMs: number): void {
    clearTimeout(entry.timer);
    entry.state = delayMs > 0 ? 'delayed' : 'waiting';
    if (delayMs > 0) entry.timer = setTimeout(() => becomeDue(name, entry, 0), delayMs);
    else wakeWorkers(name);
  }

  function ask(name: JobName, id: string, delayMs: number): void {
    const entry = of(name).get(id);
    if (entry?.state === 'active')
      entry.askedAgain = { delayMs: Math.min(delayMs, entry.askedAgain?.delayMs ?? delayMs) };
    else if (entry?.state === 'delayed' && delayMs === 0) becomeDue(name, entry, 0);
    else if (!entry) {
      const added: Entry = { state: 'waiting', attempts: 0, askedAgain: null };
      of(name).set(id, added);
      becomeDue(name, added, delayMs);
    }
  }

  function finish(name: JobName, id: string, entry: Entry): void {
    of(name).delete(id);
    if (entry.askedAgain) ask(name, id, entry.askedAgain.delayMs);
  }

  function work(handlers: JobHandlers, options: WorkOptions): Worker {
    const closing = new AbortController();
    const running = new Map<Promise<void>, JobName>();
    let open = true;

    async function run(name: JobName, id: string, entry: Entry): Promise<void> {
      const number = entry.attempts + 1;
      try {
        await handlers[name](id, { number, signal: closing.signal });
        finish(name, id, entry);
      } catch (error) {
        if (closing.signal.aborted) return becomeDue(name, entry, 0);
        entry.attempts = number;
        const last = number >= options.attempts;
        await options.onFailed(name, id, error, last).catch(() => undefined);
        if (last) finish(name, id, entry);
        else becomeDue(name, entry, retryMs);
      }
    }

    function take(name: JobName): void {
      const most = options.concurrency + (options.more?.[name] ?? 0);
      for (const [id, entry] of of(name)) {
        const atWork = [...running.values()].filter((other) => other === name).length;
        if (!open || atWork >= most) return;
        if (entry.state !== 'waiting') continue;
        entry.state = 'active';
        const done: Promise<void> = Promise.resolve()
          .then(() => run(name, id, entry))
          .finally(() => {
            running.delete(done);
            take(name);
          });
        running.set(done, name);
      }
    }

    workers.add(take);
    jobNames.forEach(take);
    return {
      async close(graceMs) {
        open = false;
        workers.delete(take);
        const timer = setTimeout(() => closing.abort(new Error('The worker closes.')), graceMs);
        while (running.size > 0) await Promise.allSettled(running.keys());
        clearTimeout(timer);
      },
    };
  }

  return {
    ask: async (name, id, { delayMs = 0 } = {}) => ask(name, id, delayMs),
    isAsked: async (name, id) => of(name).has(id),
    async work(handlers, options) {
      const worker = work(handlers, options);
      opened.add(worker);
      return worker;
    },
    async close() {
      await Promise.all([...opened].map((worker) => worker.close(0)));
      for (const ids of entries.values()) for (const entry of ids.values()) clearTimeout(entry.timer);
    },
  };
}
