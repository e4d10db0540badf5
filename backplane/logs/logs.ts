import type { LogLine, LogStreamId, NewLogLine } from '@apployd/core/log-line';
import type { LogFilter } from './log-filter.js';

/** Stores log lines in numbered order and hands them on as they arrive. */
export interface Logs {
  /**
   * Numbers and stores the lines behind those that are there, all or none; the last sequence. Messages that are too long
   * are cut. Rejects with LogStreamEnded when the stream has ended. With a checkpoint the instance's output cursor goes from
   * one place to another with the lines, in one transaction; where it is elsewhere nothing is stored, and this rejects with
   * LogCheckpointMoved, or with LogInstanceGone where the instance is not known any more.
   */
  append(
    stream: LogStreamId,
    organizationId: string,
    lines: readonly NewLogLine[],
    checkpoint?: LogCheckpoint,
  ): Promise<bigint>;
  /** Nothing will be appended any more; followers end once they have read all. */
  end(stream: LogStreamId, organizationId: string): Promise<void>;
  /** Removes the stream with all its lines; removing what is gone is not an error. Not while somebody appends to it. */
  remove(stream: LogStreamId): Promise<void>;
  /** Up to `limit` lines behind (or before) a sequence, in order. */
  read(stream: LogStreamId, page: LogRange): Promise<LogPage>;
  /**
   * Up to `limit` lines that are wanted, in order, behind (or before) a sequence. Goes through a bounded part of the log and
   * says where it stopped: pass that as `after` (or `before`) to go on.
   */
  search(stream: LogStreamId, filter: LogFilter, page: LogRange): Promise<LogSearchPage>;
  /**
   * Everything behind `after`, then what arrives, without loss or repeats. Lines are read when they are asked for: a slow
   * reader loses nothing and holds nothing in memory. Ends with `end`, or without it when the signal fires.
   */
  follow(stream: LogStreamId, after: number, signal: AbortSignal): AsyncIterable<LogBatch | LogGap | LogEnd>;
  close(): Promise<void>;
}

/** How far an instance's output is in its log: `from` before the lines are, `to` with them. */
export type LogCheckpoint = { readonly instanceId: string; readonly from: string | null; readonly to: string | null };

export type LogRange = { readonly after?: number; readonly before?: number; readonly limit: number };

export type LogPage = {
  readonly lines: readonly LogLine[];
  readonly hasPrevious: boolean;
  readonly hasNext: boolean;
  readonly ended: boolean;
};

export type LogSearchPage = {
  readonly lines: readonly LogLine[];
  /** All in front of this sequence was searched (behind it, when searching backward); go on from here. */
  readonly stoppedAt: number;
  /** Nothing is left to be searched. */
  readonly isComplete: boolean;
  /** What was opened for it. */
  readonly scanned: { readonly lines: number; readonly bytes: number };
};

/** At most 500 lines or 256 KiB. `cursor` is the last sequence: pass it as `after` to go on behind it. */
export type LogBatch = { readonly kind: 'batch'; readonly lines: readonly LogLine[]; readonly cursor: number };
/** Lines from `from` to `cursor` are not kept any more. */
export type LogGap = {
  readonly kind: 'gap';
  readonly reason: 'RETENTION' | 'BACKPRESSURE';
  readonly lost: number;
  readonly from: number;
  readonly cursor: number;
};
export type LogEnd = { readonly kind: 'end'; readonly cursor: number };

/** Somebody else, or a call whose answer was lost, has moved the cursor: it is at `at` by now. */
export class LogCheckpointMoved extends Error {
  override readonly name = 'LogCheckpointMoved';
  readonly at: string | null;
  constructor(at: string | null) {
    super('The output is in its log up to another place than was thought.');
    this.at = at;
  }
}

/** Lines came with the checkpoint of an instance that is not known any more. */
export class LogInstanceGone extends Error {
  override readonly name = 'LogInstanceGone';
}

/** Lines came for a stream after its end. */
export class LogStreamEnded extends Error {
  override readonly name = 'LogStreamEnded';
}
