import type { LogLine, LogStreamId } from '@apployd/core/log-line';
import type { Events } from '../events/events.js';
import type { Logger } from '../log/logger.js';
import { batches } from './batches.js';
import { cutMessage } from './cut-message.js';
import { unwritten, type LogStore } from './log-store.js';
import type { LogTail } from './log-tail.js';
import { logTails } from './log-tails.js';
import {
  LogStreamEnded,
  type LogBatch,
  type LogEnd,
  type LogGap,
  type LogPage,
  type LogRange,
  type Logs,
} from './logs.js';

const mostLinesAPage = 1_000;

export type StoredLogsOptions = {
  readonly events: Events;
  readonly log: Logger;
  /** How often followed streams are looked at in case a hint was lost. */
  readonly lookAgainMs?: number;
};

/** Logs over a store, with hints that something was appended. */
export function storedLogs(store: LogStore, { events, log, lookAgainMs = 2_000 }: StoredLogsOptions): Logs {
  const tails = logTails(store, events, log, lookAgainMs);
  return {
    async append(stream, organizationId, lines) {
      const last = await store.append(stream, organizationId, lines.map(cutMessage));
      if (last === null) throw new LogStreamEnded(`The log ${stream} has ended and takes no more lines.`);
      if (lines.length > 0) events.publish('log', stream);
      return last;
    },
    async end(stream, organizationId) {
      await store.end(stream, organizationId);
      events.publish('log', stream);
    },
    remove: (stream) => store.remove(stream),
    read: (stream, page) => readPage(store, stream, page),
    follow: (stream, after, signal) => tails.with(stream, signal, (tail, stop) => follow(store, tail, after, stop)),
    close: () => tails.close(),
  };
}

async function readPage(store: LogStore, stream: LogStreamId, { after, before, limit }: LogRange): Promise<LogPage> {
  const { first, last, ended } = (await store.heads([stream])).get(stream) ?? unwritten;
  const count = Math.min(Math.max(0, limit), mostLinesAPage);
  const oldest = Math.max(first, (after ?? 0) + 1);
  const newest = Math.min(last, (before ?? Infinity) - 1);
  const backwards = before !== undefined && after === undefined;
  const from = backwards ? Math.max(oldest, newest - count + 1) : oldest;
  const to = Math.min(newest, from + count - 1);
  const lines = from <= to ? await store.range(stream, from, to) : [];
  return { lines, hasPrevious: from > first && last >= first, hasNext: to < last && last >= first, ended };
}

/** Reads what the tail no longer holds from the store; waits on the tail when all is read. */
async function* follow(
  store: LogStore,
  tail: LogTail,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<LogBatch | LogGap | LogEnd> {
  let cursor = after;
  while (!signal.aborted) {
    const { first, last, ended } = tail.head();
    if (cursor >= last) {
      if (ended) return yield { kind: 'end', cursor };
      await tail.grown(cursor, signal);
      continue;
    }
    if (cursor + 1 < first) {
      yield { kind: 'gap', reason: 'RETENTION', lost: first - 1 - cursor, from: cursor + 1, cursor: first - 1 };
      cursor = first - 1;
      continue;
    }
    const read = tail.behind(cursor) ?? (await store.range(tail.stream, cursor + 1, Math.min(last, cursor + 500)));
    const lines = consecutive(read, cursor);
    if (lines.length === 0) await tail.look(); // they were removed since it looked: it sees a later first line now
    for (const batch of batches(lines)) {
      cursor += batch.length;
      yield { kind: 'batch', lines: batch, cursor };
      if (signal.aborted) return;
    }
  }
}

/** The lines right behind the cursor, up to a hole. */
function consecutive(lines: readonly LogLine[], cursor: number): readonly LogLine[] {
  const hole = lines.findIndex((line, index) => line.sequence !== cursor + 1 + index);
  return hole < 0 ? lines : lines.slice(0, hole);
}
