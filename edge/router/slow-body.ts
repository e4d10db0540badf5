import type { IncomingMessage } from 'node:http';
import { connectionOf } from './http2-request.js';
import { hasBody } from './visit.js';

/**
 * Calls `cut` when a body is waited for and nothing of it comes for so long. While its app takes its time to read, nothing is
 * waited for.
 */
export function watchBody(req: IncomingMessage, idleMs: number, cut: () => void): void {
  if (!hasBody(req) || req.complete) return;
  const socket = connectionOf(req);
  let seen = socket.bytesRead;
  const timer = setInterval(() => {
    const isWaitedFor = req.readableFlowing === true && !req.complete;
    if (isWaitedFor && socket.bytesRead === seen) cut();
    seen = isWaitedFor ? socket.bytesRead : -1;
  }, idleMs);
  const stop = () => clearInterval(timer);
  req.once('end', stop).once('close', stop);
}
