import { connect, type Socket } from 'node:net';

export type Load = {
  readonly requestsPerSecond: number;
  /** Of each request, in no order. */
  readonly latenciesMs: readonly number[];
};

type Request = { readonly url: string; readonly body: object; readonly headers?: Readonly<Record<string, string>> };

/**
 * Sends the same POST so many times over so many connections, each waiting for its answer. Written on bare sockets: the
 * client must cost little, for it shares the machine with what it measures. Throws when an answer is not a 200.
 */
export async function load(request: Request, connections: number, requests: number): Promise<Load> {
  const bytes = bytesOf(request);
  const { hostname, port } = new URL(request.url);
  const began = performance.now();
  const latenciesMs: number[] = [];
  let left = requests;
  const workers = Array.from({ length: connections }, async () => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    const answers = answersOf(socket);
    while (left > 0) {
      left -= 1;
      const sentAt = performance.now();
      socket.write(bytes);
      await answers.next();
      latenciesMs.push(performance.now() - sentAt);
    }
    socket.destroy();
  });
  await Promise.all(workers);
  return { requestsPerSecond: (latenciesMs.length * 1_000) / (performance.now() - began), latenciesMs };
}

function bytesOf({ url, body, headers = {} }: Request): Buffer {
  const { pathname, host } = new URL(url);
  const text = JSON.stringify(body);
  const all = {
    host,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${pathname} HTTP/1.1\r\n${lines.join('')}\r\n${text}`);
}

/** Resolves once a whole answer with a length, or in chunks, has come. */
function answersOf(socket: Socket): { next(): Promise<void> } {
  let settle: { resolve(): void; reject(error: Error): void } | undefined;
  let seen = '';
  const fail = (error: Error) => settle?.reject(error);
  socket.setEncoding('latin1');
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('The server closed a connection.')));
  socket.on('data', (chunk: string) => {
    seen += chunk;
    if (!isWhole(seen)) return;
    const answer = seen;
    seen = '';
    if (answer.startsWith('HTTP/1.1 200') && !answer.includes('"errors"')) settle?.resolve();
    else fail(new Error(`The server answered ${answer.slice(0, 600)}`));
  });
  return {
    next: () =>
      new Promise((resolve, reject) => {
        settle = { resolve, reject };
      }),
  };
}

function isWhole(seen: string): boolean {
  const end = seen.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(seen.slice(0, end))?.[1];
  return length === undefined ? seen.endsWith('\r\n0\r\n\r\n') : seen.length >= end + 4 + Number(length);
}
