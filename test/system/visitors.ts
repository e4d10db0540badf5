import { deadlineIn } from '@apployd/core/deadline';
import http from 'node:http';

export type Answer = { readonly status: number; readonly body: string };

/** One visit over this agent; connects to 127.0.0.1 and names the app in the Host header. */
export function visit(
  url: string,
  options: { readonly agent?: http.Agent; readonly timeoutMs?: number } = {},
): Promise<Answer> {
  const { port, host, pathname, search } = new URL(url);
  const signal = deadlineIn(options.timeoutMs ?? 20_000);
  return new Promise((resolve, reject) => {
    const request = http.get(
      { host: '127.0.0.1', port, path: pathname + search, agent: options.agent, headers: { host }, signal },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (body += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
  });
}

/** Of the answer to one visit. */
export function headersOf(url: string): Promise<http.IncomingHttpHeaders> {
  const { port, host, pathname: path } = new URL(url);
  return new Promise((resolve, reject) => {
    http
      .get({ host: '127.0.0.1', port, path, headers: { host }, signal: deadlineIn(20_000) }, (response) => {
        response.resume();
        resolve(response.headers);
      })
      .on('error', reject);
  });
}

/** Strict visitors, each on one kept connection, one request after the other, until stopped. A broken connection is a failure. */
export function visitors(
  url: string,
  count: number,
): { stop(): Promise<{ readonly answers: ReadonlyMap<string, number>; readonly failures: readonly string[] }> } {
  const answers = new Map<string, number>();
  const failures: string[] = [];
  let stopped = false;
  const all = Array.from({ length: count }, async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    while (!stopped) {
      await visit(url, { agent }).then(
        ({ status, body }) =>
          status === 200 ? answers.set(body, (answers.get(body) ?? 0) + 1) : failures.push(`status ${status}: ${body}`),
        (error: unknown) => failures.push(String(error)),
      );
    }
    agent.destroy();
  });
  return {
    stop: async () => {
      stopped = true;
      await Promise.all(all);
      return { answers, failures };
    },
  };
}
