import http from 'node:http';
import type { Bench } from './bench.js';

type Ask = Bench['ask'];

/** Visitors side by side, each on one kept connection without retries, until told to stop; what each saw, in order. */
export function visitors(bench: { readonly ask: Ask }, many: number, options: Parameters<Ask>[0] = {}) {
  let isOver = false;
  const seen: string[] = [];
  const visit = async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    while (!isOver) {
      const { status, body } = await bench.ask({ agent, ...options });
      seen.push(status === 200 ? body : `${status} ${body}`);
    }
    agent.destroy();
  };
  const running = Promise.all(Array.from({ length: many }, visit));
  /** Also ends when a visitor was given no answer at all. */
  const reach = async (count: number) => {
    const failed = running.then(() => undefined);
    while (seen.length < count) await Promise.race([new Promise(setImmediate), failed]);
  };
  const stop = async () => {
    isOver = true;
    await running;
    return seen;
  };
  return { seen, reach, stop };
}
