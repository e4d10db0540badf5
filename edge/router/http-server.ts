import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { errorAnswer, type OwnErrorCode } from './own-answer.js';
import { writeRawAnswer } from './write-answer.js';

/** Patient with uploads, not with those who take their time over a header. */
const limits: http.ServerOptions = {
  maxHeaderSize: 32 * 1024,
  requestTimeout: 60 * 60_000,
  keepAliveTimeout: 65_000,
  // A missing host is refused by us, so that the answer is ours.
  requireHostHeader: false,
};
const usualHeaderMs = 20_000;
/** A connection on which nothing moves, either way, for so long is closed; WebSockets are not. */
const idleTimeoutMs = 10 * 60_000;
const mostConnections = 20_000;

/** Node's HTTP server with the limits of an edge. What its parser would not take is refused in the edge's own words. */
export function httpServer(onError: (code: OwnErrorCode) => void, headerMs = usualHeaderMs): http.Server {
  const connectionsCheckingInterval = Math.min(5_000, headerMs / 4);
  const server = http.createServer({ ...limits, headersTimeout: headerMs, connectionsCheckingInterval });
  server.timeout = idleTimeoutMs;
  server.maxConnections = mostConnections;
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable || wasAnswered(socket)) return socket.destroy();
    const code = refusals[error.code ?? ''] ?? 'BAD_REQUEST';
    onError(code);
    writeRawAnswer(socket, errorAnswer(code, undefined));
  });
  return server;
}

export type AtPort = { readonly host: string; readonly port: number; readonly socketPath?: undefined };
export type AtSocket = { readonly socketPath: string };

/**
 * What comes while the process is busy waits in a queue. One that is full refuses at a socket, and loses connections over TCP:
 * they are tried again a second later, and reset in the end. The system may allow less.
 */
export const longestQueue = 16_384;

export function listen(server: http.Server, at: AtPort | AtSocket): Promise<{ host: string; port: number }> {
  const isPort = at.socketPath === undefined;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const place = isPort ? { host: at.host, port: at.port } : { path: at.socketPath };
    server.listen({ ...place, backlog: longestQueue }, () => {
      server.removeListener('error', reject);
      resolve(
        isPort ? { host: at.host, port: (server.address() as AddressInfo).port } : { host: at.socketPath, port: 0 },
      );
    });
  });
}

const refusals: Readonly<Record<string, OwnErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
};

/** An answer in the middle of another would be taken for part of it. */
const wasAnswered = (socket: Duplex) => (socket as Socket).bytesWritten > 0;
