import type { IncomingMessage } from 'node:http';
import { hasBody } from './visit.js';

/** Who sends less of a body than this in a second, over the time that is looked at, holds a place and does not move on. */
export const leastBytesPerSecond = 100;

/**
 * Calls `cut` when a body is waited for and less of it comes in so long than at the least rate. While its app takes its time
 * to read, nothing is waited for.
 */
export function watchBody(req: IncomingMessage, idleMs: number, cut: () => void): void {
  if (!hasBody(req) || req.complete) return;
  const cameIn = counted(req);
  const least = Math.ceil((leastBytesPerSecond * idleMs) / 1_000);
  let seen = 0;
  let again: NodeJS.Immediate | undefined;
  const isWaitedFor = () => req.readableFlowing === true && !req.complete;
  const isTooSlow = () => isWaitedFor() && cameIn() - seen < least;
  const judge = () => {
    if (isTooSlow()) cut();
    seen = isWaitedFor() ? cameIn() : -Infinity;
  };
  const timer = setInterval(() => {
    // After a pause of this process timers come before what has arrived meanwhile: that is read before anybody is judged.
    if (isTooSlow()) again = setImmediate(judge);
    else judge();
  }, idleMs);
  const stop = () => {
    clearInterval(timer);
    clearImmediate(again);
  };
  req.once('end', stop).once('close', stop);
}

/** How much of the body has come. A listener would make it flow, and a connection of HTTP/2 carries others beside it. */
function counted(req: IncomingMessage): () => number {
  let bytes = 0;
  const push = req.push.bind(req);
  req.push = (chunk: Buffer | null, encoding) => {
    bytes += chunk?.length ?? 0;
    return push(chunk, encoding);
  };
  return () => bytes;
}
