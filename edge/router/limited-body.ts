import type { IncomingMessage, ServerResponse } from 'node:http';
import { Transform } from 'node:stream';

/** A body that turned out larger than is taken. */
export class BodyTooLarge extends Error {}

/**
 * The body of a request whose length is not said, up to so many bytes; null where it needs no watching. Who goes on past
 * that when the answer is over already is cut off.
 */
export function limitedBody(req: IncomingMessage, res: ServerResponse, mostBytes: number): Transform | null {
  if (mostBytes === Infinity || req.headers['transfer-encoding'] === undefined) return null;
  let bytes = 0;
  const limited = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      bytes += chunk.length;
      if (bytes > mostBytes) done(new BodyTooLarge());
      else done(null, chunk);
    },
  });
  // An answer that is still to come may say it: then whoever makes it listens too.
  limited.on('error', () => {
    if (!res.writableEnded) return;
    req.destroy();
    res.destroy();
  });
  req.once('aborted', () => limited.destroy());
  return req.pipe(limited);
}
