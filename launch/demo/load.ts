import http from 'node:http';
import { visit } from './visit.js';

export type LoadReport = {
  readonly requests: number;
  readonly failures: readonly string[];
  /** How often each answer was seen, in the order in which they first came. */
  readonly answers: ReadonlyMap<string, number>;
};

/** Visits the URL at a steady rate, on kept connections, until `stop` is called or the signal fires. */
export function startLoad(url: string, perSecond: number, signal: AbortSignal): { stop(): Promise<LoadReport> } {
  const agent = new http.Agent({ keepAlive: true });
  const answers = new Map<string, number>();
  const failures: string[] = [];
  const open = new Set<Promise<void>>();
  let requests = 0;

  const turn = () => {
    requests += 1;
    const one = visit(url, { agent, signal })
      .then(({ status, body }) => {
        if (status !== 200) failures.push(`status ${status}`);
        else answers.set(body.trim(), (answers.get(body.trim()) ?? 0) + 1);
      })
      .catch((error: unknown) => void failures.push(String(error)))
      .finally(() => open.delete(one));
    open.add(one);
  };
  const timer = setInterval(turn, 1000 / perSecond);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });

  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(open);
      agent.destroy();
      return { requests, failures, answers };
    },
  };
}
