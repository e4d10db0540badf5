import type { LogBatch, LogEnd, LogGap } from '@apployd/backplane/logs/logs';
import type { LogStreamId } from '@apployd/core/log-line';
import { signedIn, type Context } from '../context.js';
import { cancellable } from '../stream/cancellable.js';

/** What a log subscription says: lines, a gap, or why it ends. `cursor` is the last sequence. */
export type LogEvent =
  LogBatch | LogGap | (LogEnd & { readonly reason: 'SOURCE_ENDED' | 'ACCESS_REVOKED' | 'SERVER_DRAIN' });

type Follow = {
  readonly stream: LogStreamId;
  /** Sequence behind which to begin. */
  readonly after: number;
  /** Asked now and then; false ends the stream. */
  readonly mayStillRead: () => Promise<boolean>;
};

const accessCheckMs = 4_000;

/** The log behind `after`, then what arrives, until the log, the reader's access or this server comes to its end. */
export function followLog(context: Context, follow: Follow): AsyncIterableIterator<LogEvent> {
  const leaveCount = context.subscriptions.enter(signedIn(context).userId);
  const leaveServer = context.streams.enter();
  return cancellable(
    (left) => events(context, follow, left),
    () => {
      leaveCount();
      leaveServer();
    },
  );
}

async function* events(
  { logs, streams, settings, log, credentialEnded }: Context,
  follow: Follow,
  left: AbortSignal,
): AsyncGenerator<LogEvent> {
  const revoked = new AbortController();
  const ended = AbortSignal.any([revoked.signal, ...(credentialEnded ? [credentialEnded] : [])]);
  const check = setInterval(() => {
    follow.mayStillRead().then(
      (may) => may || revoked.abort(),
      (error: unknown) => log.warn({ err: error }, 'could not check the access of a log stream; trying again'),
    );
  }, settings.accessCheckMs ?? accessCheckMs);
  let cursor = follow.after;
  try {
    for await (const message of logs.follow(
      follow.stream,
      follow.after,
      AbortSignal.any([left, ended, streams.draining]),
    )) {
      cursor = message.cursor;
      if (message.kind === 'end') return yield { ...message, reason: 'SOURCE_ENDED' };
      yield message;
    }
    if (!left.aborted) yield { kind: 'end', reason: ended.aborted ? 'ACCESS_REVOKED' : 'SERVER_DRAIN', cursor };
  } finally {
    clearInterval(check);
  }
}
