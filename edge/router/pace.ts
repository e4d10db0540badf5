import { Transform } from 'node:stream';

/** Sends what environments are slowed down to, each at its rate, over all of its answers together. */
export type Pacer = {
  /** Passes bytes on at the rate that `bytesPerSecond` tells; null: as they come. Asked again within a second while bytes wait. */
  stream(environmentId: string, bytesPerSecond: () => number | null): Transform;
  /** How long what was promised to others takes at that rate. */
  waitMs(environmentId: string, bytesPerSecond: number): number;
};

/** After a rest so much goes out at once: a page of text need not wait. */
const burstMs = 1_000;
/** A piece takes no longer than this at any rate but the least, so that answers take turns. */
const pieceMs = 20;
const leastPiece = 16 * 1024;
const looksEveryMs = 1_000;
const mostRested = 1_000;

/** Bytes since it began: those promised to somebody, and those that the rate has made room for by `at`. */
type Lane = { promised: number; passed: number; at: number; bytesPerSecond: number; streams: number };

export function pacer(now: () => number = () => performance.now()): Pacer {
  const lanes = new Map<string, Lane>();

  const laneOf = (environmentId: string): Lane => {
    const found = lanes.get(environmentId);
    if (found) return found;
    if (lanes.size >= mostRested) forgetRested();
    const lane = { promised: 0, passed: 0, at: now() - burstMs, bytesPerSecond: 0, streams: 0 };
    lanes.set(environmentId, lane);
    return lane;
  };

  const forgetRested = () => {
    for (const [id, lane] of lanes) if (lane.streams === 0 && isRested(lane)) lanes.delete(id);
  };

  const isRested = (lane: Lane) => {
    advance(lane, lane.bytesPerSecond);
    return lane.passed >= lane.promised + burstOf(lane);
  };

  /** What was promised at an earlier rate goes out at this one. */
  const advance = (lane: Lane, bytesPerSecond: number) => {
    const passed = lane.passed + (bytesPerSecond * (now() - lane.at)) / 1_000;
    Object.assign(lane, { bytesPerSecond, at: now() });
    lane.passed = Math.min(passed, lane.promised + burstOf(lane));
  };

  /** Nobody is slowed down any more: who is later owes nothing for what went out meanwhile. */
  const clear = (lane: Lane) => {
    lane.passed = lane.promised;
    lane.at = now();
  };

  const waitMs = (lane: Lane, until: number, bytesPerSecond: number) => {
    advance(lane, bytesPerSecond);
    return Math.max(0, ((until - lane.passed) / bytesPerSecond) * 1_000);
  };

  /** Its turn comes after those who asked before. Who leaves gives it back. */
  const turn = async (lane: Lane, bytes: number, rate: () => number | null, signal: AbortSignal) => {
    const first = rate();
    if (first === null) return clear(lane);
    // Before it is added: after a rest there is room for no more than a burst, of which it takes its part.
    advance(lane, first);
    lane.promised += bytes;
    const place = lane.promised;
    while (!signal.aborted) {
      const bytesPerSecond = rate();
      if (bytesPerSecond === null) return clear(lane);
      const ms = waitMs(lane, place, bytesPerSecond);
      if (ms === 0) return;
      await rest(Math.min(ms, looksEveryMs), signal);
    }
    // Not taken back from what is promised: the places of who came after stay what they are.
    lane.passed += bytes;
  };

  return {
    waitMs: (environmentId, bytesPerSecond) => {
      const lane = lanes.get(environmentId);
      return lane ? waitMs(lane, lane.promised, bytesPerSecond) : 0;
    },
    stream: (environmentId, rate) => {
      const lane = laneOf(environmentId);
      lane.streams += 1;
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
          lane.streams -= 1;
          done(error);
        },
      });
    },
  };
}

const burstOf = ({ bytesPerSecond }: Lane) => (bytesPerSecond * burstMs) / 1_000;

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
