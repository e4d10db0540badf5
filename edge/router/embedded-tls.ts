import type http from 'node:http';
import http2 from 'node:http2';
import tls, { type TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { longestQueue } from './http-server.js';
import { rememberConnections } from './http2-request.js';
import { admitOnly, type AdmitConnection } from './connection-limit.js';
import type { SecureNames } from './secure-names.js';

/** Takes TLS off connections, and hands on what is in them. */
export type TlsListener = {
  listen(at: { readonly host: string; readonly port: number }): Promise<number>;
  /** Accepts no more; resolves when the last connection is over. */
  close(): Promise<void>;
  /** Cuts what is still open. */
  cut(): void;
};

const handshakeMs = 20_000;
const idleMs = 10 * 60_000;
const mostConnections = 20_000;
const mostStreams = 250;

/**
 * HTTP/1.1 goes to the server that has plain connections too, so that the same limits hold; HTTP/2 to one that speaks it.
 * A name without a certificate is refused: showing one that nobody vouches for would teach visitors to trust such.
 */
export function tlsListener(parts: {
  readonly names: SecureNames;
  readonly http1: http.Server;
  /** Asked before the handshake. */
  readonly admit: AdmitConnection;
  readonly onHttp2: (req: http2.Http2ServerRequest, res: http2.Http2ServerResponse) => void;
}): TlsListener {
  const { names, http1, onHttp2, admit } = parts;
  const sockets = new Set<TLSSocket>();
  const sessions = new Set<http2.ServerHttp2Session>();

  const overHttp2 = http2.createServer({ settings: { maxConcurrentStreams: mostStreams } });
  rememberConnections(overHttp2);
  overHttp2.on('request', onHttp2);
  overHttp2.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    session.setTimeout(idleMs, () => session.close());
  });
  overHttp2.on('sessionError', () => undefined);

  const server = tls.createServer({
    ALPNProtocols: ['h2', 'http/1.1'],
    minVersion: 'TLSv1.2',
    handshakeTimeout: handshakeMs,
    SNICallback: (name, done) => {
      try {
        const context = names.context(name);
        if (context) done(null, context);
        else done(new Error('There is no certificate for this name.'));
      } catch (error) {
        done(error as Error);
      }
    },
  });
  server.maxConnections = mostConnections;
  admitOnly(server, admit);
  server.on('secureConnection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.setNoDelay(true);
    (socket.alpnProtocol === 'h2' ? overHttp2 : http1).emit('connection', socket);
  });
  // A handshake that failed: who came is gone by now.
  server.on('tlsClientError', (_, socket) => socket.destroy());

  return {
    listen: ({ host, port }) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen({ port, host, backlog: longestQueue }, () => {
          server.removeListener('error', reject);
          resolve((server.address() as AddressInfo).port);
        });
      }),
    close: async () => {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      for (const session of sessions) session.close();
      await closed;
    },
    cut: () => {
      for (const session of sessions) session.destroy();
      for (const socket of sockets) socket.destroy();
    },
  };
}
