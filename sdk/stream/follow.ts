import { found } from '../calls.js';
import { ApploydError } from '../error/apployd-error.js';
import type { StreamEndFragment, StreamGapFragment } from '../generated/types.js';
import { type Delays, linked } from '../http/time.js';
import type { LogLine, OrganizationEvent, ProjectEvent, StreamGap } from '../types.js';
import { type Reconnect, resume } from './resume.js';

/** Lines, or events, were lost for good, and `onGap` is 'throw'. */
export class StreamGapError extends ApploydError {
  override readonly name = 'StreamGapError';
  readonly gap: StreamGap;
  constructor(gap: StreamGap, what = 'log lines') {
    super(`${gap.lost ?? 'Some'} ${what} are lost (${gap.gapReason}).`);
    this.gap = gap;
  }
}

export type FollowOptions = {
  /** Continue behind this cursor, of this or of an earlier process. */
  readonly after?: string | null;
  /** Ends the stream; the loop rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** What to do about what is lost for good: go on (default), throw StreamGapError, or be told and go on. */
  readonly onGap?: 'continue' | 'throw' | ((gap: StreamGap) => void);
  /** Told before each new connection. There is no limit to their number: throw here, or abort, to stop. */
  readonly onReconnect?: (reconnect: Reconnect) => void;
};

/** Items of a stream as they come, each once, in order, over as many connections as it takes. Can be iterated once. */
interface Follower<Item> extends AsyncIterable<Item> {
  /** Behind the last item that was handed out: store it, and pass it as `after` to go on later. */
  readonly cursor: string | null;
  /** Ends the stream in good order. */
  close(): Promise<void>;
  /** The same as `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Log lines as they come, each once, in order. */
export type LogFollower = Follower<LogLine>;
/** Events of a project as they come, each once, in order. */
export type EventFollower = Follower<ProjectEvent>;
/** Events of an organization as a whole as they come, each once, in order. */
export type OrganizationEventFollower = Follower<OrganizationEvent>;

type Said<Message> =
  | Message
  | ({ readonly __typename: 'StreamGap' } & StreamGapFragment)
  | ({ readonly __typename: 'StreamEnd' } & StreamEndFragment);

/** What is followed. */
export type Stream<Message, Item> = {
  /** What is missing when there is none: a log. */
  readonly name: string;
  /** What a gap is made of: log lines. */
  readonly items: string;
  open(after: string | null, signal: AbortSignal): AsyncIterable<Said<Message> | null>;
  /** Moves the place on before it hands an item out. */
  itemsIn(message: Message, place: Place): Iterable<Item>;
};

/** `next` is the sequence that the next item must have when nothing is skipped; null when any will do. */
export type Place = { cursor: string | null; next: number | null };

/** `from` is the sequence of the first item of a whole stream, where the stream numbers them without holes. */
export function follow<Message extends { readonly __typename: string }, Item>(
  stream: Stream<Message, Item>,
  from: number | null,
  delays: Delays,
  options: FollowOptions,
): Follower<Item> {
  const place: Place = { cursor: options.after ?? null, next: options.after ? null : from };
  const closing = new AbortController();
  const items = itemsOf(stream, place, delays, options, closing.signal);
  const close = async () => {
    closing.abort();
    await items.return();
  };
  return {
    get cursor() {
      return place.cursor;
    },
    close,
    [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]: close,
    [Symbol.asyncIterator]: () => items,
  } as Follower<Item>;
}

async function* itemsOf<Message extends { readonly __typename: string }, Item>(
  stream: Stream<Message, Item>,
  place: Place,
  delays: Delays,
  options: FollowOptions,
  closing: AbortSignal,
): AsyncGenerator<Item, void> {
  const ending = linked(options.signal, closing);
  const reconnects = resume(delays, options.onReconnect);
  try {
    for (;;) {
      const ended = yield* connectionOf(stream, place, reconnects.opened, options.onGap, ending.signal);
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

/** Items of one connection; says why there are no more. */
async function* connectionOf<Message extends { readonly __typename: string }, Item>(
  { open, itemsIn, name, items }: Stream<Message, Item>,
  place: Place,
  onOpened: () => void,
  onGap: FollowOptions['onGap'],
  signal: AbortSignal,
): AsyncGenerator<Item, 'over' | 'draining' | { readonly error: Error | null }> {
  onOpened();
  const messages = open(place.cursor, signal)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const arrived = await nextOf(messages);
      if (arrived === null) return { error: null };
      if ('error' in arrived) return arrived;
      const said = found(arrived.said, name);
      if (isEnd(said)) {
        place.cursor = said.cursor;
        return said.endReason === 'SERVER_DRAIN' ? 'draining' : 'over';
      }
      if (isGap(said)) passGap(said, place, onGap, items);
      else yield* itemsIn(said, place);
    }
  } finally {
    await messages.return?.();
  }
}

type Arrived<Message> = { readonly said: Message | null } | { readonly error: Error };

/** The connection's errors are values here, so that those of the reader's own code are never taken for them. */
async function nextOf<Message>(messages: AsyncIterator<Message | null>): Promise<Arrived<Message> | null> {
  try {
    const { done, value } = await messages.next();
    return done ? null : { said: value };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
}

type Typed = { readonly __typename: string };

function isEnd(said: Typed): said is Typed & StreamEndFragment {
  return said.__typename === 'StreamEnd';
}

function isGap(said: Typed): said is StreamGap {
  return said.__typename === 'StreamGap';
}

function passGap(gap: StreamGap, place: Place, onGap: FollowOptions['onGap'], items: string): void {
  place.cursor = gap.cursor;
  place.next = null;
  if (onGap === 'throw') throw new StreamGapError(gap, items);
  if (typeof onGap === 'function') onGap(gap);
}
