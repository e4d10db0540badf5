import type { IncomingMessage } from 'node:http';
import { connectionOf } from './http2-request.js';
import { hasBody } from './visit.js';

/** Who sends less of a body than this in a second, over the time that is looked at, holds a place and does not move on. */
export const leastBytesPerSecond = 100;

/**
 * Calls `cut` when a body is waited for and less of it comes in so long than at the least rate. While its app takes its time
 * to read, nothing is waited for.
 */
export function watchBody(req: IncomingMessage, idleMs: number, cut: () => void): void {
  if (!hasBody(req) || req.complete) return;
  const socket = connectionOf(req);
  const least = Math.ceil((leastBytesPerSecond * idleMs) / 1_000);
  let seen = socket.bytesRead;
  const timer = setInterval(() => {
    const isWaitedFor = req.readableFlowing === true && !req.complete;
    if (isWaitedFor && socket.bytesRead - seen < least) cut();
    seen = isWaitedFor ? socket.bytesRead : -Infinity;
  }, idleMs);
  const stop = () => clearInterval(timer);
  req.once('end', stop).once('close', stop);
}
