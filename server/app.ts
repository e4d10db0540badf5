import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from '@apployd/backplane/metrics/metrics';
import { attemptLimit } from './account/attempt-limit.js';
import { createAuth } from './account/auth.js';
import { answerError } from './answer.js';
import type { Services } from './context.js';
import { createGraphql, graphqlPath, type GraphqlServer } from './graphql.js';
import { answerLive, answerMetrics, answerReady } from './health.js';
import { incomingOf } from './incoming.js';
import { isOwnOrigin } from './origin.js';
import { serveSockets } from './socket.js';
import { openStreams } from './stream/open-streams.js';
import type { TimeLimits } from './time-limit.js';
import { receiveUpload } from './upload/receive.js';

export type AppOptions = Omit<Services, 'auth' | 'attempts' | 'streams'> & {
  readonly metrics: Metrics;
  readonly limits?: TimeLimits;
};

export type App = {
  /** Rejects with the error of listening; port 0 takes any free one. */
  listen(address: { readonly host: string; readonly port: number }): Promise<string>;
  /** Log streams that are being followed. */
  openStreams(): number;
  /** Ends log streams in good order, then sockets, then connections. */
  close(): Promise<void>;
};

const drainMs = 1_000;

/** The server without its configuration: everything it works with is handed in. */
export function createApp({ metrics, limits = { queryMs: 10_000, mutationMs: 30_000 }, ...ports }: AppOptions): App {
  const services: Services = {
    ...ports,
    auth: createAuth(ports.db, ports.settings),
    attempts: attemptLimit({ burst: 10, refillMs: 6_000 }),
    streams: openStreams(),
  };
  const graphql = createGraphql(services, limits);
  const server = createServer((request, response) => {
    respond(services, graphql, metrics, request, response).catch((error: unknown) => {
      services.log.error({ err: error, url: request.url }, 'a request failed by our fault');
      answerError(response, 500, 'INTERNAL', 'Something went wrong on our side.');
    });
  });
  const endSockets = serveSockets(server, graphql, services);
  let closing: Promise<void> | undefined;
  return {
    listen: ({ host, port }) => listen(server, host, port),
    openStreams: () => services.streams.count(),
    close: () => (closing ??= close()),
  };

  async function close(): Promise<void> {
    await services.streams.drain(drainMs);
    // What the streams said last is on its way before the sockets close.
    await new Promise(setImmediate);
    await endSockets();
    await closeServer(server);
  }
}

async function respond(
  services: Services,
  graphql: GraphqlServer,
  metrics: Metrics,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const incoming = incomingOf(request, response);
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname === '/healthz') return answerLive(response);
  if (pathname === '/readyz') return answerReady(services, response);
  if (pathname === '/metrics') return answerMetrics(metrics, request, response);
  if (!isOwnOrigin(request, services.settings.APPLOYD_PUBLIC_URL)) {
    const message = `Pages of other sites may not call this. Open ${services.settings.APPLOYD_PUBLIC_URL}.`;
    return answerError(response, 403, 'FORBIDDEN_ORIGIN', message);
  }
  const [, uploadId] = /^\/uploads\/([a-z0-9_]+)$/.exec(pathname) ?? [];
  if (uploadId && request.method === 'PUT') return receiveUpload(services, uploadId, incoming, request, response);
  if (pathname !== graphqlPath) return answerError(response, 404, 'NOT_FOUND', 'There is nothing here.');
  if (request.method !== 'POST') return answerError(response, 405, 'BAD_REQUEST', 'Send GraphQL by POST.');
  // A form of another site can send any other type without asking first.
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    return answerError(response, 415, 'BAD_REQUEST', 'Send GraphQL as application/json.');
  }
  await graphql.handle(request, response, incoming);
}

function listen(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const { port: actual } = server.address() as AddressInfo;
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${actual}`);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), drainMs).unref();
  });
}
