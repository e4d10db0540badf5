import { once } from 'node:events';
import http from 'node:http';
import type { Port80, Port80Answer, Port80Question } from './port-80.js';

const mostBytes = 1_024;
const mostHeaderBytes = 16_384;

/** By Node's own client; the port is another one in tests alone. */
export function nodePort80(port = 80): Port80 {
  return { ask: (question, signal) => ask(question, port, signal) };
}

async function ask({ address, hostname, path }: Port80Question, port: number, signal: AbortSignal) {
  const request = http.get({
    ...{ host: address, port, path, signal, agent: false, maxHeaderSize: mostHeaderBytes },
    headers: { host: hostname, 'user-agent': 'apployd-domain-check' },
  });
  try {
    const [response] = (await once(request, 'response', { signal })) as [http.IncomingMessage];
    return await read(response);
  } finally {
    request.on('error', () => undefined).destroy();
  }
}

/** Whoever answers may go on for ever. */
async function read(response: http.IncomingMessage): Promise<Port80Answer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes >= mostBytes) break;
  }
  return { status: response.statusCode ?? 0, body: Buffer.concat(pieces).subarray(0, mostBytes).toString('utf8') };
}
