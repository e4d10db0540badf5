import http2 from 'node:http2';
import { rememberConnections } from './http2-request.js';

/** Takes HTTP/2 without TLS at a socket that only a neighbour of the edge's own reaches. */
export function http2AtSocket(onHttp2: (req: http2.Http2ServerRequest, res: http2.Http2ServerResponse) => void) {
  const sessions = new Set<http2.ServerHttp2Session>();
  const server = http2.createServer();
  rememberConnections(server);
  server.on('request', onHttp2);
  server.on('sessionError', () => undefined);
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  return {
    listen: (path: string) =>
      new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ path, backlog: 1_024 }, () => {
          server.removeListener('error', reject);
          resolve();
        });
      }),
    close: async () => {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      for (const session of sessions) session.close();
      await closed;
    },
    cut: () => {
      for (const session of sessions) session.destroy();
    },
  };
}
