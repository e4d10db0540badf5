import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

const left = new Set(['upgrade', 'connection', 'http2-settings']);

/**
 * Answers a request for an upgrade that is not on offer (such as h2c, which Java's client asks for by default) in HTTP/1.1,
 * as the protocol wants: Node has let go of the connection, so it is given back with the request put in front again.
 */
export function serveAsPlain(server: Server, req: IncomingMessage, socket: Socket, head: Buffer): void {
  const { rawHeaders } = req;
  const lines = rawHeaders.flatMap((name, i) =>
    i % 2 || left.has(name.toLowerCase()) ? [] : [`${name}: ${rawHeaders[i + 1] ?? ''}\r\n`],
  );
  if (/\bclose\b/i.test(req.headers.connection ?? '')) lines.push('Connection: close\r\n');
  const start = `${req.method ?? 'GET'} ${req.url ?? '/'} HTTP/${req.httpVersion}\r\n`;
  socket.unshift(Buffer.concat([Buffer.from(`${start}${lines.join('')}\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}
