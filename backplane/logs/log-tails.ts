import type { LogStreamId } from '@apployd/core/log-line';
import type { Events } from '../events/events.js';
import type { Logger } from '../log/logger.js';
import { unwritten, type LogStore } from './log-store.js';
import { openLogTail, type LogTail } from './log-tail.js';

export type LogTails = {
  /** Reads with the stream's tail, which is shared by all who read at the time. */
  with<T>(
    stream: LogStreamId,
    signal: AbortSignal,
    read: (tail: LogTail, signal: AbortSignal) => AsyncIterable<T>,
  ): AsyncGenerator<T>;
  close(): Promise<void>;
};

/** A tail per followed stream, kept as long as it has followers. */
export function logTails(store: LogStore, events: Events, log: Logger, lookAgainMs: number): LogTails {
  const tails = new Map<LogStreamId, { readonly tail: LogTail; followers: number }>();
  const closing = new AbortController();
  let timer: NodeJS.Timeout | undefined;

  function acquire(stream: LogStreamId): LogTail {
    const shared = tails.get(stream) ?? { tail: openLogTail(store, events, log, stream), followers: 0 };
    tails.set(stream, shared);
    shared.followers += 1;
    timer ??= setTimeout(() => void lookAtAll(), lookAgainMs);
    return shared.tail;
  }

  function release(tail: LogTail): void {
    const shared = tails.get(tail.stream);
    if (!shared) return;
    shared.followers -= 1;
    if (shared.followers > 0) return;
    tails.delete(tail.stream);
    tail.close();
  }

  /** Hints may be lost: one query tells which streams have grown unseen. */
  async function lookAtAll(): Promise<void> {
    try {
      const heads = await store.heads([...tails.keys()]);
      await Promise.all([...tails.values()].map(({ tail }) => tail.compare(heads.get(tail.stream) ?? unwritten)));
    } catch (error) {
      log.warn({ err: error }, 'Could not look whether logs have grown; looking again soon.');
    }
    timer = tails.size > 0 && !closing.signal.aborted ? setTimeout(() => void lookAtAll(), lookAgainMs) : undefined;
  }

  return {
    async *with(stream, signal, read) {
      const stop = AbortSignal.any([signal, closing.signal]);
      if (stop.aborted) return;
      const tail = acquire(stream);
      try {
        await tail.ready;
        yield* read(tail, stop);
      } finally {
        release(tail);
      }
    },
    async close() {
      closing.abort();
      clearTimeout(timer);
    },
  };
}
