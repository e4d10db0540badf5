import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Http2Server, Http2ServerRequest, Http2ServerResponse, Http2Session } from 'node:http2';
import type { Socket } from 'node:net';

const connections = new WeakMap<Http2Session, Socket>();
const connection = Symbol('connection');

/** What a session says of its connection throws once the session is over: the real one is remembered. */
export function rememberConnections(server: Http2Server): void {
  let coming: Socket | undefined;
  // The session begins in the server's own listener.
  server.prependListener('connection', (socket: Socket) => (coming = socket));
  server.on('session', (session) => {
    if (coming) connections.set(session, coming);
    coming = undefined;
  });
}

/** A request over HTTP/2 as the rest of the router knows requests: with a host, and a body where one comes. */
export function asHttp1(req: Http2ServerRequest, res: Http2ServerResponse): [IncomingMessage, ServerResponse] {
  const headers: IncomingHttpHeaders = {};
  for (const name in req.headers) if (!name.startsWith(':')) headers[name] = req.headers[name];
  headers.host = req.headers[':authority'] ?? req.headers.host;
  const isOpen = !req.stream.endAfterHeaders;
  if (isOpen && headers['content-length'] === undefined) headers['transfer-encoding'] = 'chunked';
  // What Node has there cannot be written to.
  Object.defineProperty(req, 'headers', { value: headers, writable: true });
  Object.defineProperty(res, 'destroyed', { get: () => req.stream.destroyed });
  const { session } = req.stream;
  Object.assign(req, { [connection]: session && connections.get(session) });
  return [req as unknown as IncomingMessage, res as unknown as ServerResponse];
}

/** The connection that a request came on: of HTTP/2 the one that all of its session's requests share. */
export function connectionOf(req: IncomingMessage): Socket {
  return (req as { readonly [connection]?: Socket })[connection] ?? req.socket;
}

export const isHttp2 = (req: IncomingMessage): boolean => req.httpVersionMajor > 1;

/** Flat pairs by name, as HTTP/2 has to be told them. */
export function byName(pairs: readonly string[]): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const name = (pairs[i] as string).toLowerCase();
    (found[name] ??= []).push(pairs[i + 1] as string);
  }
  return found;
}
