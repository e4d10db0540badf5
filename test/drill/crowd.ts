import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { visit } from '../system/visitors.js';

export type Visits = {
  readonly answered: number;
  readonly failures: readonly string[];
  /** From the first visit that failed to the last, in milliseconds. */
  readonly outageMs: number;
};

const visitors = 2;
const pauseMs = 20;

/** Visitors who come again and again, each on one kept connection, until they are counted. */
export function aCrowd(url: string): { count(): Promise<Visits> } {
  let answered = 0;
  let stopped = false;
  const failures: { readonly at: number; readonly what: string }[] = [];
  const fail = (what: string) => void failures.push({ at: Date.now(), what });
  const all = Array.from({ length: visitors }, async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    while (!stopped) {
      await visit(url, { agent }).then(
        ({ status }) => (status === 200 ? (answered += 1) : fail(`status ${status}`)),
        (error: unknown) => fail(String(error)),
      );
      await sleep(pauseMs);
    }
    agent.destroy();
  });
  return {
    async count() {
      stopped = true;
      await Promise.all(all);
      const outageMs = failures.length === 0 ? 0 : (failures.at(-1)?.at ?? 0) - (failures[0]?.at ?? 0);
      return { answered, failures: failures.map(({ what }) => what), outageMs };
    },
  };
}
