import { signedIn, type Context } from '../context.js';
import { cancellable } from './cancellable.js';

/** What is between two places of a stream will never come. `cursor` is where it goes on. */
export type StreamGap = {
  readonly kind: 'gap';
  readonly reason: 'RETENTION' | 'BACKPRESSURE';
  /** Null where that cannot be known. */
  readonly lost: number | null;
  readonly from: number;
  readonly cursor: number;
};

/** The last word of a stream. */
export type StreamEnd = {
  readonly kind: 'end';
  readonly reason: 'SOURCE_ENDED' | 'ACCESS_REVOKED' | 'SERVER_DRAIN';
  readonly cursor: number;
};

/** What a source says last, when nothing more will come of it. */
export type SourceEnd = { readonly kind: 'end'; readonly cursor: number };

type Placed = { readonly kind: string; readonly cursor: number };

export type Follow<Message extends Placed> = {
  /** What is behind `after`, then what arrives; ends quietly when the signal fires. */
  readonly open: (signal: AbortSignal) => AsyncIterable<Message | SourceEnd>;
  /** Sequence behind which to begin. */
  readonly after: number;
  readonly organizationId: string;
  /** Asked now and then; false ends the stream. */
  readonly mayStillRead: () => Promise<boolean>;
};

const accessCheckMs = 4_000;

/** What a source says, until it, the reader's access or this server comes to its end: which is said, too. */
export function followStream<Message extends Placed>(
  context: Context,
  follow: Follow<Message>,
): AsyncIterableIterator<Exclude<Message, SourceEnd> | StreamEnd> {
  const { principalId } = signedIn(context);
  const leaveCount = context.subscriptions.enter({ principalId, organizationId: follow.organizationId });
  const leaveServer = context.streams.enter();
  return cancellable(
    (left) => messages(context, follow, left),
    () => {
      leaveCount();
      leaveServer();
    },
  );
}

async function* messages<Message extends Placed>(
  { streams, settings, log }: Context,
  { open, after, mayStillRead }: Follow<Message>,
  left: AbortSignal,
): AsyncGenerator<Exclude<Message, SourceEnd> | StreamEnd> {
  const revoked = new AbortController();
  const check = setInterval(() => {
    mayStillRead().then(
      (may) => may || revoked.abort(),
      (error: unknown) => log.warn({ err: error }, 'could not check the access of a stream; trying again'),
    );
  }, settings.accessCheckMs ?? accessCheckMs);
  let cursor = after;
  try {
    for await (const message of open(AbortSignal.any([left, revoked.signal, streams.draining]))) {
      cursor = message.cursor;
      if (message.kind === 'end') return yield { kind: 'end', cursor, reason: 'SOURCE_ENDED' };
      yield message as Exclude<Message, SourceEnd>;
    }
    if (!left.aborted)
      yield { kind: 'end', reason: revoked.signal.aborted ? 'ACCESS_REVOKED' : 'SERVER_DRAIN', cursor };
  } finally {
    clearInterval(check);
  }
}
