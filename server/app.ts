import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Limits } from '@apployd/backplane/limits/limits';
import type { MetricsPage } from '@apployd/backplane/metrics/metrics';
import { attempts, type AttemptLimits } from './account/attempts.js';
import { createAuth } from './account/auth.js';
import { credentials } from './account/credentials.js';
import { exportAudit } from './audit/export.js';
import { answerError } from './answer.js';
import { answerGraphql } from './answer-graphql.js';
import { answerFault } from './answer-fault.js';
import type { Services } from './context.js';
import { lastReports } from './billing/last-reports.js';
import { places } from './deployment/place.js';
import { fingerprints } from './fingerprints.js';
import { paymentEventsPath, receivePaymentEvent } from './billing/receive-event.js';
import { createGraphql, graphqlPath, type GraphqlServer } from './graphql.js';
import { answerLive, answerMetrics, answerReady } from './health.js';
import { incomingOf } from './incoming.js';
import { limitBody } from './limit-body.js';
import { pays } from './limit/pays.js';
import { rates } from './limit/rates.js';
import { isOwnOrigin } from './origin.js';
import { pathOf } from './path-of.js';
import { serveSockets, type SocketTimes } from './socket.js';
import { openStreams } from './stream/open-streams.js';
import { subscriptionLimit } from './stream/subscription-limit.js';
import type { TimeLimits } from './time-limit.js';
import { receiveUpload } from './upload/receive.js';

export type AppOptions = Omit<
  Services,
  | 'auth'
  | 'credentials'
  | 'fingerprints'
  | 'attempts'
  | 'places'
  | 'lastReports'
  | 'rates'
  | 'streams'
  | 'subscriptions'
> & {
  readonly limits: Limits;
  readonly metrics: MetricsPage;
  readonly timeLimits?: TimeLimits;
  readonly socketTimes?: Partial<SocketTimes>;
  readonly attemptLimits?: Partial<AttemptLimits>;
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
/** With uploads, which may be large and come slowly; not with those who take their time over a header. */
const patience = { requestTimeout: 20 * 60_000, headersTimeout: 20_000, connectionsCheckingInterval: 5_000 };
const bodyMs = 30_000;
const usualTimeLimits: TimeLimits = { queryMs: 10_000, mutationMs: 30_000 };

/** The server without its configuration: everything it works with is handed in. */
export function createApp(options: AppOptions): App {
  const { metrics, limits, timeLimits = usualTimeLimits, socketTimes, attemptLimits, ...ports } = options;
  const services: Services = {
    ...ports,
    auth: createAuth(ports.db, ports.settings),
    credentials: credentials(ports.db),
    fingerprints: fingerprints(ports.settings.APPLOYD_SECRET),
    attempts: attempts(limits, attemptLimits),
    places: places(ports.db),
    lastReports: lastReports(ports.db),
    rates: rates(limits, ports.settings, pays(ports.db, ports.settings.paysRememberedMs)),
    streams: openStreams(),
    subscriptions: subscriptionLimit(),
  };
  const graphql = createGraphql(services, timeLimits);
  const server = createServer(patience, (request, response) => {
    respond({ services, graphql, metrics, timeLimits }, request, response).catch((error: unknown) => {
      answerFault(services.log, error, request, response);
    });
  });
  server.on('error', (error) => services.log.error({ err: error }, 'the server cannot take a connection'));
  const endSockets = serveSockets(server, graphql, services, socketTimes);
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

type Parts = {
  readonly services: Services;
  readonly graphql: GraphqlServer;
  readonly metrics: MetricsPage;
  readonly timeLimits: TimeLimits;
};

async function respond(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { services, graphql, metrics, timeLimits } = parts;
  const incoming = incomingOf(request, response);
  const pathname = pathOf(request);
  if (pathname === '/healthz') return answerLive(response);
  if (pathname === '/readyz') return answerReady(services, response);
  if (pathname === '/metrics') return answerMetrics(metrics, request, response);
  if (!isOwnOrigin(request, services.settings.APPLOYD_PUBLIC_URL)) {
    const message = `Pages of other sites may not call this. Open ${services.settings.APPLOYD_PUBLIC_URL}.`;
    return answerError(response, 403, 'FORBIDDEN_ORIGIN', message);
  }
  if (pathname === paymentEventsPath) {
    limitBody(request, response, timeLimits.bodyMs ?? bodyMs);
    return receivePaymentEvent(services, request, response);
  }
  const [, uploadId] = /^\/uploads\/([a-z0-9_]+)$/.exec(pathname) ?? [];
  if (uploadId && request.method === 'PUT') return receiveUpload(services, uploadId, incoming, request, response);
  const [, auditedId] = /^\/audit\/([a-z0-9_]+)$/.exec(pathname) ?? [];
  if (auditedId && request.method === 'GET') return exportAudit(services, auditedId, incoming, request, response);
  if (pathname !== graphqlPath) return answerError(response, 404, 'NOT_FOUND', 'There is nothing here.');
  if (request.method !== 'POST') return answerError(response, 405, 'BAD_REQUEST', 'Send GraphQL by POST.');
  // A form of another site can send any other type without asking first.
  if (!/^application\/json(;|$)/.test(request.headers['content-type'] ?? '')) {
    return answerError(response, 415, 'BAD_REQUEST', 'Send GraphQL as application/json.');
  }
  // The GraphQL engine makes a URL of it.
  if (!URL.canParse(`http://${request.headers.host ?? ''}`)) {
    return answerError(response, 400, 'BAD_REQUEST', 'The header Host names no host.');
  }
  limitBody(request, response, timeLimits.bodyMs ?? bodyMs);
  // What stands behind the path says nothing, to the GraphQL engine neither.
  request.url = graphqlPath;
  await answerGraphql(graphql, incoming, request, response);
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
