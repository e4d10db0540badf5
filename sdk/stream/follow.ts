import { found } from '../calls.js';
import { ApploydError, ProtocolError } from '../error/apployd-error.js';
import type { LogEventFragment } from '../generated/types.js';
import { type Delays, linked } from '../http/time.js';
import type { LogLine, StreamGap } from '../types.js';
import { type Reconnect, resume } from './resume.js';

/** Lines were lost for good, and `onGap` is 'throw'. */
export class StreamGapError extends ApploydError {
  override readonly name = 'StreamGapError';
  readonly gap: StreamGap;
  constructor(gap: StreamGap) {
    super(`${gap.lost ?? 'Some'} log lines are lost (${gap.gapReason}).`);
    this.gap = gap;
  }
}

export type FollowOptions = {
  /** Continue behind this cursor, of this or of an earlier process. */
  readonly after?: string | null;
  /** Ends the stream; the loop rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** What to do about lines that are lost for good: go on (default), throw StreamGapError, or be told and go on. */
  readonly onGap?: 'continue' | 'throw' | ((gap: StreamGap) => void);
  /** Told before each new connection. There is no limit to their number: throw here, or abort, to stop. */
  readonly onReconnect?: (reconnect: Reconnect) => void;
};

/** Log lines as they come, each once, in order, over as many connections as it takes. Can be iterated once. */
export interface LogFollower extends AsyncIterable<LogLine> {
  /** Behind the last line that was handed out: store it, and pass it as `after` to go on later. */
  readonly cursor: string | null;
  /** Ends the stream in good order. */
  close(): Promise<void>;
  /** The same as `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

export type OpenLog = (after: string | null, signal: AbortSignal) => AsyncIterable<LogEventFragment | null>;

/** `from` is the sequence that the first line must have when nothing is skipped; null when any will do. */
export function follow(open: OpenLog, from: number | null, delays: Delays, options: FollowOptions): LogFollower {
  const place: Place = { cursor: options.after ?? null, next: options.after ? null : from };
  const closing = new AbortController();
  const lines = linesOf(open, place, delays, options, closing.signal);
  const close = async () => {
    closing.abort();
    await lines.return();
  };
  return {
    get cursor() {
      return place.cursor;
    },
    close,
    [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]: close,
    [Symbol.asyncIterator]: () => lines,
  } as LogFollower;
}

type Place = { cursor: string | null; next: number | null };

async function* linesOf(
  open: OpenLog,
  place: Place,
  delays: Delays,
  options: FollowOptions,
  closing: AbortSignal,
): AsyncGenerator<LogLine, void> {
  const ending = linked(options.signal, closing);
  const reconnects = resume(delays, options.onReconnect);
  try {
    for (;;) {
      const ended = yield* connectionOf(open, place, reconnects.opened, options.onGap, ending.signal);
      if (ending.signal.aborted) throw ending.signal.reason;
      if (ended === 'over') return;
      if (ended === 'draining') await reconnects.elsewhere(ending.signal);
      else await reconnects.next(ended.error, ending.signal);
    }
  } catch (error) {
    if (!closing.aborted) throw error;
  } finally {
    ending.release();
  }
}

/** Lines of one connection; says why there are no more. */
async function* connectionOf(
  open: OpenLog,
  place: Place,
  onOpened: () => void,
  onGap: FollowOptions['onGap'],
  signal: AbortSignal,
): AsyncGenerator<LogLine, 'over' | 'draining' | { readonly error: Error | null }> {
  onOpened();
  const events = open(place.cursor, signal)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const arrived = await nextOf(events);
      if (arrived === null) return { error: null };
      if ('error' in arrived) return arrived;
      const event = found(arrived.event, 'log');
      if (event.__typename === 'StreamEnd') {
        place.cursor = event.cursor;
        return event.endReason === 'SERVER_DRAIN' ? 'draining' : 'over';
      }
      if (event.__typename === 'StreamGap') passGap(event, place, onGap);
      if (event.__typename === 'LogBatch') yield* linesIn(event, place);
    }
  } finally {
    await events.return?.();
  }
}

type Arrived = { readonly event: LogEventFragment | null } | { readonly error: Error };

/** The connection's errors are values here, so that those of the reader's own code are never taken for them. */
async function nextOf(events: AsyncIterator<LogEventFragment | null>): Promise<Arrived | null> {
  try {
    const { done, value } = await events.next();
    return done ? null : { event: value };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
}

function* linesIn(batch: { readonly lines: readonly LogLine[]; readonly cursor: string }, place: Place) {
  for (const line of batch.lines) {
    if (place.next !== null && line.sequence !== place.next) {
      throw new ProtocolError(`Log line ${place.next} is missing: the stream went on with ${line.sequence}.`);
    }
    place.next = line.sequence + 1;
    place.cursor = line.cursor;
    yield line;
  }
  place.cursor = batch.cursor;
}

function passGap(gap: StreamGap, place: Place, onGap: FollowOptions['onGap']): void {
  place.cursor = gap.cursor;
  place.next = null;
  if (onGap === 'throw') throw new StreamGapError(gap);
  if (typeof onGap === 'function') onGap(gap);
}
