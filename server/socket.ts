import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { useServer, type Extra } from 'graphql-ws/use/ws';
import type { ServerOptions } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import { authenticate } from './account/authenticate.js';
import { credentialWatch, type CredentialWatch } from './access/credential-watch.js';
import type { Viewer } from './access/viewer.js';
import type { Services } from './context.js';
import { presentable, presentableError } from './faults.js';
import { graphqlPath, type GraphqlServer } from './graphql.js';
import { incomingOf, type Incoming } from './incoming.js';
import { isOwnOrigin } from './origin.js';
import { pathOf } from './path-of.js';
import { prepareSubscription, requestIdOf, rootValueOf } from './subscription.js';

const maxMessageBytes = 64 * 1024;
const pingMs = 12_000;
const unauthorized = 4401;
/** How long one that was refused may keep its connection open. */
const lingerMs = 5_000;
/** For what streams say last, when the credential of their socket has ended. */
const farewellMs = 500;

/** Sent by the client when the socket opens. */
type Parameters = { readonly token?: unknown };
type SocketExtra = Extra & { incoming?: Incoming };
type Parts = Services & { readonly credentials: CredentialWatch };
type Options = ServerOptions<Parameters, SocketExtra>;

/** Subscriptions over WebSocket (graphql-transport-ws). Gives back how to end them. */
export function serveSockets(server: Server, graphql: GraphqlServer, services: Services): () => Promise<void> {
  const credentials = credentialWatch(services, services.settings.accessCheckMs);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes });
  server.on('upgrade', (request, stream, head) => {
    // Node has let go of the connection: without a listener its end would be the end of the process.
    stream.on('error', () => stream.destroy());
    const refusal = refusalOf(request, services.settings.APPLOYD_PUBLIC_URL);
    if (refusal) return refuse(stream, refusal);
    sockets.handleUpgrade(request, stream, head, (socket) => {
      sockets.emit('connection', socket, request);
      // graphql-ws would write to the console what a client does wrong; ws closes the socket by itself.
      socket.removeAllListeners('error');
      socket.on('error', (error) => services.log.debug({ err: error }, 'a socket broke'));
    });
  });
  const served = useServer<Parameters, { incoming?: Incoming }>(
    { ...optionsOf(graphql, { ...services, credentials }), isProd: true },
    sockets,
    pingMs,
  );
  return async () => {
    credentials.stop();
    await served.dispose();
  };
}

function optionsOf(graphql: GraphqlServer, services: Parts): Options {
  const { log } = services;
  return {
    execute: (args) => rootValueOf(args).execute(args),
    subscribe: (args) => rootValueOf(args).subscribe(args),
    onConnect: async ({ connectionParams, extra }) => {
      const incoming = incomingOfSocket(extra.request, connectionParams?.token);
      const { viewer } = await authenticate(services, incoming);
      if (!viewer)
        return extra.socket.close(unauthorized, 'Send { token } of a session that lives in connection_init.');
      extra.incoming = { ...incoming, credentialEnded: whenEnded(services.credentials, viewer, extra.socket) };
    },
    onSubscribe: ({ extra, subscriptions }, _id, params) => {
      const incoming = { ...(extra.incoming ?? incomingOf(extra.request, null)), requestId: randomUUID() };
      return prepareSubscription({ graphql, incoming, params, open: Object.keys(subscriptions).length });
    },
    onNext: (_socket, _id, _payload, args, result) => {
      const { errors, ...rest } = presentable(result, requestIdOf(args), log);
      return errors ? { ...rest, errors: errors.map(withoutHttp) } : rest;
    },
    onError: (_socket, _id, _payload, errors) =>
      errors.map((error) => withoutHttp(presentableError(error, randomUUID(), log))),
  };
}

/** Lets the socket's streams say goodbye, then closes it. */
function whenEnded(credentials: CredentialWatch, { credential }: Viewer, socket: WebSocket): AbortSignal {
  const ended = new AbortController();
  const leave = credentials.watch(credential, () => {
    ended.abort();
    setTimeout(() => socket.close(unauthorized, 'This session or token has ended.'), farewellMs).unref();
  });
  socket.once('close', leave);
  // It may have gone while we looked who it is.
  if (socket.readyState !== socket.OPEN) leave();
  return ended.signal;
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
