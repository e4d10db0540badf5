import http from 'node:http';
import type { Bench } from './bench.js';

type Ask = Bench['ask'];

/** Visitors side by side, each on one kept connection without retries, until told to stop; what each saw, in order. */
export function visitors(bench: { readonly ask: Ask }, many: number, options: Parameters<Ask>[0] = {}) {
  let isOver = false;
  const seen: string[] = [];
  const ended = Array.from({ length: many }, () => 0);
  const visit = async (mine: number) => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    while (!isOver) {
      const { status, body } = await bench.ask({ agent, ...options });
      seen.push(status === 200 ? body : `${status} ${body}`);
      ended[mine] = (ended[mine] ?? 0) + 1;
    }
    agent.destroy();
  };
  const running = Promise.all(ended.map((_, i) => visit(i)));
  /** Also ends when a visitor was given no answer at all. */
  const until = async (isThere: () => boolean) => {
    const failed = running.then(() => undefined);
    while (!isThere()) await Promise.race([new Promise(setImmediate), failed]);
  };
  const reach = (count: number) => until(() => seen.length >= count);
  /** Nobody waits any more for what they ask at this moment. */
  const pass = () => {
    const before = [...ended];
    return until(() => ended.every((count, i) => count > (before[i] ?? 0)));
  };
  const stop = async () => {
    isOver = true;
    await running;
    return seen;
  };
  return { seen, reach, pass, stop };
}
