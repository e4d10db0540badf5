import type { LogBatch } from '@apployd/backplane/logs/logs';
import type { LogStreamId } from '@apployd/core/log-line';
import type { Context } from '../context.js';
import { followStream, type Follow, type StreamEnd, type StreamGap } from '../stream/follow.js';

/** What a log subscription says: lines, a gap, or why it ends. `cursor` is the last sequence. */
export type LogEvent = LogBatch | StreamGap | StreamEnd;

type FollowLog = Omit<Follow<LogBatch>, 'open'> & { readonly stream: LogStreamId };

/** The log behind `after`, then what arrives, until the log, the reader's access or this server comes to its end. */
export function followLog(context: Context, { stream, ...follow }: FollowLog): AsyncIterableIterator<LogEvent> {
  const open = (signal: AbortSignal) => context.logs.follow(stream, follow.after, signal);
  return followStream<LogBatch | StreamGap>(context, { ...follow, open });
}
