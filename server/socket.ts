import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { useServer, type Extra } from 'graphql-ws/use/ws';
import type { ServerOptions } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import { authenticate } from './account/authenticate.js';
import type { Services } from './context.js';
import { presentable, presentableError } from './faults.js';
import { graphqlPath, type GraphqlServer } from './graphql.js';
import { incomingOf, type Incoming } from './incoming.js';
import { isOwnOrigin } from './origin.js';
import { pathOf } from './path-of.js';
import { keepAlive } from './socket/keep-alive.js';
import { livingCredentials } from './socket/living-credentials.js';
import { closeCodes, openSockets, type OpenSockets } from './socket/open-sockets.js';
import { incomingIn, prepareSubscription, rootValueOf } from './subscription.js';

const maxMessageBytes = 64 * 1024;
const usualTimes: SocketTimes = { initMs: 3_000, pingMs: 12_000, idleMs: 60_000, lookMs: 4_000 };
/** How long one that was refused may keep its connection open. */
const lingerMs = 5_000;

export type SocketTimes = {
  /** Until connection_init has come. */
  readonly initMs: number;
  readonly pingMs: number;
  /** How long a socket may carry no subscription. */
  readonly idleMs: number;
  /** How often sockets are looked after. */
  readonly lookMs: number;
};

/** Sent by the client when the socket opens. */
type Parameters = { readonly token?: unknown };
type SocketExtra = Extra & { incoming?: Incoming; leave?: () => void };
type Options = ServerOptions<Parameters, SocketExtra>;

/** Subscriptions over WebSocket (graphql-transport-ws). Gives back how to end them. */
export function serveSockets(
  server: Server,
  graphql: GraphqlServer,
  services: Services,
  changes: Partial<SocketTimes> = {},
): () => Promise<void> {
  const { initMs, pingMs, idleMs, lookMs } = { ...usualTimes, ...changes };
  const { log, db, settings } = services;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes });
  const open = openSockets({ idleMs, log, living: (credentials) => livingCredentials(db, credentials) });
  server.on('upgrade', (request, stream, head) => {
    // Node has let go of the connection: without a listener its end would be the end of the process.
    stream.on('error', () => stream.destroy());
    const refusal = refusalOf(request, settings.APPLOYD_PUBLIC_URL);
    if (refusal) return refuse(stream, refusal);
    sockets.handleUpgrade(request, stream, head, (socket) => {
      sockets.emit('connection', socket, request);
      keepAlive(socket, pingMs);
      // graphql-ws would write to the console what a client does wrong; ws closes the socket by itself.
      socket.removeAllListeners('error');
      socket.on('error', (error) => log.debug({ err: error }, 'a socket broke'));
    });
  });
  const served = useServer<Parameters, { incoming?: Incoming; leave?: () => void }>(
    { ...optionsOf(graphql, services, open), connectionInitWaitTimeout: initMs, isProd: true },
    sockets,
    0, // its own pings give up after one
  );
  const looking = setInterval(() => void open.look(), lookMs);
  return async () => {
    clearInterval(looking);
    await served.dispose();
  };
}

function optionsOf(graphql: GraphqlServer, services: Services, open: OpenSockets): Options {
  const { log } = services;
  return {
    execute: (args) => rootValueOf(args).execute(args),
    subscribe: (args) => rootValueOf(args).subscribe(args),
    onConnect: async (connection) => {
      const { extra, connectionParams } = connection;
      extra.incoming = incomingOfSocket(extra.request, connectionParams?.token);
      const { viewer } = await authenticate(services, extra.incoming);
      if (!viewer)
        return close(extra, closeCodes.unauthorized, 'Send { token } of a session that lives in connection_init.');
      const subscriptions = () => Object.keys(connection.subscriptions).length;
      const leave = open.enter({ socket: extra.socket, viewer, subscriptions });
      if (!leave) return close(extra, closeCodes.tooMany, 'You have too many sockets open. Close some first.');
      extra.leave = leave;
      // It may have closed meanwhile.
      if (extra.socket.readyState !== extra.socket.OPEN) leave();
      return true;
    },
    onClose: ({ extra }) => extra.leave?.(),
    onSubscribe: ({ extra, subscriptions }, _id, params) => {
      const socket = extra.incoming ?? incomingOf(extra.request, null);
      const incoming = { ...socket, requestId: randomUUID(), brought: { params } };
      return prepareSubscription({ graphql, incoming, params, open: Object.keys(subscriptions).length });
    },
    onNext: (_socket, _id, _payload, args, result) => {
      const { requestId, brought } = incomingIn(args);
      const { errors, ...rest } = presentable(result, requestId, log, brought);
      return errors ? { ...rest, errors: errors.map(withoutHttp) } : rest;
    },
    onError: (_socket, _id, params, errors) =>
      errors.map((error) => withoutHttp(presentableError(error, randomUUID(), log, { params }))),
  };
}

function close({ socket }: SocketExtra, code: number, why: string): false {
  socket.close(code, why);
  return false;
}

/** A token counts alone; without one the cookie of the page that opened the socket does. */
function incomingOfSocket(request: IncomingMessage, token: unknown): Incoming {
  const incoming = incomingOf(request, null);
  if (typeof token !== 'string') return incoming;
  return { ...incoming, headers: new Headers({ authorization: `Bearer ${token.replace(/[^\x21-\x7e]/g, '')}` }) };
}

function withoutHttp({ message, locations, path, extensions }: ReturnType<typeof presentableError>) {
  const { http: _http, ...rest } = extensions;
  return { message, locations, path, extensions: rest };
}

function refusalOf(request: IncomingMessage, publicUrl: string): string | null {
  if (pathOf(request) !== graphqlPath) return '404 Not Found';
  return isOwnOrigin(request, publicUrl) ? null : '403 Forbidden';
}

function refuse(stream: Duplex, status: string): void {
  const timer = setTimeout(() => stream.destroy(), lingerMs);
  stream.once('close', () => clearTimeout(timer));
  stream.resume();
  stream.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
