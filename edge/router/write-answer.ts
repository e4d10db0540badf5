import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { OwnAnswer } from './own-answer.js';
import { hasBody } from './visit.js';

/** Sends an answer of the edge's own. What still comes of the request is not waited for. */
export function writeAnswer(req: IncomingMessage, res: ServerResponse, answer: OwnAnswer): void {
  if (answer.status === 400 || (hasBody(req) && !req.complete)) res.shouldKeepAlive = false;
  res.writeHead(answer.status, answer.headers);
  res.end(req.method === 'HEAD' ? undefined : answer.body);
}

/** The same on a bare connection, which it ends: what the other side still sends is read away, so that its end is seen. */
export function writeRawAnswer(socket: Duplex, answer: OwnAnswer): void {
  const headers = Object.entries({ ...answer.headers, connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  socket.end(`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}\r\n${headers.join('')}\r\n${answer.body}`);
  linger(socket);
}

/** Gives the other side a moment to end, once everything is said. */
export function linger(socket: Duplex): void {
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(timer));
  socket.resume();
}

const lingerMs = 5_000;
