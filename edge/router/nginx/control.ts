import http from 'node:http';
import { deadlineIn } from '@apployd/core/deadline';

/** Speaks with a running Nginx. */
export type Control = {
  /** Puts these lines in force (see `route-lines.ts`). Resolves with those that were not taken, by host name and why. */
  change(lines: readonly string[]): Promise<readonly string[]>;
  /** The same for certificates (see `certificate-lines.ts`). */
  certify(lines: readonly string[]): Promise<readonly string[]>;
  /** The names of all that it has certificates for. */
  certified(): Promise<readonly string[]>;
  /** The names of all sites that it knows. */
  sites(): Promise<readonly string[]>;
  /** Who is served at this moment (see `route-lines.ts`). */
  open(): Promise<readonly string[]>;
  /** What both sides of rollouts have answered since the last call (see `route-lines.ts`). */
  sides(): Promise<readonly string[]>;
  /** Whether its workers reach the edge itself: null, or what keeps them from it. */
  reachWaker(): Promise<string | null>;
  /** Counters of this start: lines such as `requests 12`; and the generation of the files that it serves with (see `tree.ts`). */
  status(): Promise<{ readonly instance: string; readonly generation: string; readonly lines: readonly string[] }>;
};

/** Nginx answers from memory: it takes longer only where the machine does. */
const answersWithinMs = 5_000;
/** Below what Nginx takes in one request, which is 2 MiB. */
const bytesAtATime = 512 * 1024;

export function control(socketPath: string): Control {
  const agent = new http.Agent({ keepAlive: false });
  const ask = (method: string, path: string, body?: string) => request({ socketPath, agent, method, path }, body);
  const tell = async (path: string, lines: readonly string[]) => {
    const leftOut: string[] = [];
    for (const part of partsOf(lines)) leftOut.push(...(await ask('POST', path, part.join('\n'))).lines);
    return leftOut;
  };
  return {
    change: (lines) => tell('/routes', lines),
    certify: (lines) => tell('/certificates', lines),
    certified: async () => (await ask('GET', '/certified')).lines,
    sites: async () => (await ask('GET', '/sites')).lines,
    open: async () => (await ask('GET', '/open')).lines,
    sides: async () => (await ask('GET', '/sides')).lines,
    reachWaker: async () => (await ask('GET', '/waker')).lines[0] ?? null,
    status: () => ask('GET', '/status'),
  };
}

/** A line is far shorter than a part. */
function partsOf(lines: readonly string[]): readonly (readonly string[])[] {
  const parts: string[][] = [[]];
  let bytes = 0;
  for (const line of lines) {
    const size = Buffer.byteLength(line) + 1;
    if (bytes > 0 && bytes + size > bytesAtATime) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(line);
    bytes += size;
  }
  return parts;
}

async function request(options: http.RequestOptions, body?: string) {
  const signal = deadlineIn(answersWithinMs);
  const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
    http
      .request({ ...options, signal, headers: { host: 'control' } }, resolve)
      .once('error', reject)
      .end(body);
  });
  const text = (await answer.setEncoding('utf8').toArray()).join('').trim();
  if (answer.statusCode !== 200) throw new Error(`Nginx did not take it: ${text}`);
  return {
    instance: String(answer.headers['apployd-instance']),
    generation: String(answer.headers['apployd-generation']),
    lines: text === '' ? [] : text.split('\n'),
  };
}
