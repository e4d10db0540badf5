import type { LogLine, LogStreamId } from '@apployd/core/log-line';
import type { Events } from '../events/events.js';
import type { Logger } from '../log/logger.js';
import { batches } from './batches.js';
import { cutMessage } from './cut-message.js';
import { unwritten, type LogStore } from './log-store.js';
import type { LogTail } from './log-tail.js';
import { logTails } from './log-tails.js';
import { searchLog } from './search-log.js';
import { sharedBatches, type SharedBatches } from './shared-batches.js';
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
  const shared = sharedBatches();
  return {
    async append(stream, organizationId, lines, checkpoint) {
      const last = await store.append(stream, organizationId, lines.map(cutMessage), checkpoint);
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
    search: (stream, filter, page) => searchLog(store, stream, filter, page),
    follow: (stream, after, signal) =>
      tails.with(stream, signal, (tail, stop) => follow({ store, tail, shared }, after, stop)),
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

type Sources = { readonly store: LogStore; readonly tail: LogTail; readonly shared: SharedBatches };

/** Reads what the tail no longer holds from the store; waits on the tail when all is read. */
async function* follow(
  { store, tail, shared }: Sources,
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
    const place = { stream: tail.stream, cursor, to: Math.min(last, nextStop(cursor)) };
    const read = await shared.behind(place, () => batchesBehind(store, tail, place));
    if (read.length === 0) await tail.look(); // they were removed since it looked: it sees a later first line now
    for (const batch of read) {
      cursor = batch.cursor;
      yield batch;
      if (signal.aborted) return;
    }
  }
}

const linesAStep = 500;

/** Whoever follows stops at the same places, wherever they began: from there on they can be given the same batches. */
function nextStop(cursor: number): number {
  return (Math.floor(cursor / linesAStep) + 1) * linesAStep;
}

async function batchesBehind(
  store: LogStore,
  tail: LogTail,
  { cursor, to }: { readonly cursor: number; readonly to: number },
): Promise<readonly LogBatch[]> {
  const lines = tail.range(cursor + 1, to) ?? (await store.range(tail.stream, cursor + 1, to));
  let reached = cursor;
  return batches(consecutive(lines, cursor)).map((batch) => {
    reached += batch.length;
    return { kind: 'batch', lines: batch, cursor: reached };
  });
}

/** The lines right behind the cursor, up to a hole. */
function consecutive(lines: readonly LogLine[], cursor: number): readonly LogLine[] {
  const hole = lines.findIndex((line, index) => line.sequence !== cursor + 1 + index);
  return hole < 0 ? lines : lines.slice(0, hole);
}
