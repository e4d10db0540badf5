import { Transform } from 'node:stream';

/** Sends what environments are slowed down to, each at its rate, over all of its answers together. */
export type Pacer = {
  /** Passes bytes on at the rate that `bytesPerSecond` tells; null: as they come. Who waits is asked after within a second. */
  stream(environmentId: string, bytesPerSecond: () => number | null): Transform;
};

/** After a rest so much goes out at once: a page of text need not wait. */
const burstMs = 1_000;
/** A piece takes no longer than this at any rate but the least, so that answers take turns. */
const pieceMs = 20;
const leastPiece = 16 * 1024;
const looksEveryMs = 1_000;
const mostRested = 1_000;

/** When the bytes that were promised to somebody are all sent. */
type Lane = { freeAt: number };

export function pacer(now: () => number = () => performance.now()): Pacer {
  const lanes = new Map<string, Lane>();

  const laneOf = (environmentId: string): Lane => {
    const found = lanes.get(environmentId);
    if (found) return found;
    if (lanes.size >= mostRested) forgetRested();
    const lane = { freeAt: now() - burstMs };
    lanes.set(environmentId, lane);
    return lane;
  };

  const forgetRested = () => {
    for (const [id, { freeAt }] of lanes) if (freeAt <= now() - burstMs) lanes.delete(id);
  };

  /** Its turn comes after those who asked before. Who leaves gives it back. */
  const turn = async (lane: Lane, bytes: number, rate: () => number | null, signal: AbortSignal) => {
    const perSecond = rate();
    if (perSecond === null) return;
    const takesMs = (bytes / perSecond) * 1_000;
    lane.freeAt = Math.max(lane.freeAt, now() - burstMs) + takesMs;
    const at = lane.freeAt;
    while (now() < at && rate() !== null && !signal.aborted) await rest(Math.min(at - now(), looksEveryMs), signal);
    if (signal.aborted) lane.freeAt -= takesMs;
  };

  return {
    stream: (environmentId, rate) => {
      const lane = laneOf(environmentId);
      const left = new AbortController();
      const pass = async (chunk: Buffer, into: Transform) => {
        const piece = Math.max(leastPiece, Math.ceil(((rate() ?? 0) * pieceMs) / 1_000));
        for (let from = 0; from < chunk.length && !left.signal.aborted; from += piece) {
          const part = chunk.subarray(from, from + piece);
          await turn(lane, part.length, rate, left.signal);
          if (!left.signal.aborted) into.push(part);
        }
      };
      return new Transform({
        transform(chunk: Buffer, _encoding, done) {
          pass(chunk, this).then(() => done(), done);
        },
        destroy(error, done) {
          left.abort();
          done(error);
        },
      });
    },
  };
}

const rest = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
      resolve();
    };
    const timer = setTimeout(over, Math.ceil(ms));
    signal.addEventListener('abort', over, { once: true });
  });
