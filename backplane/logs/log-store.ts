import type { LogLine, LogStreamId, NewLogLine } from '@apployd/core/log-line';
import type { LogFilter } from './log-filter.js';
import type { LogCheckpoint } from './logs.js';

/** Where lines are kept. Numbering, following and bounds are stored-logs.ts's. */
export type LogStore = {
  /**
   * Numbers the lines without holes, whoever else appends, and moves the checkpoint; all or none. Null when the stream has
   * ended. Rejects with LogCheckpointMoved when the instance's cursor is elsewhere, with LogInstanceGone when it has no row.
   */
  append(
    stream: LogStreamId,
    organizationId: string,
    lines: readonly StorableLine[],
    checkpoint?: LogCheckpoint,
  ): Promise<bigint | null>;
  end(stream: LogStreamId, organizationId: string): Promise<void>;
  /** Nothing is left of the stream. */
  remove(stream: LogStreamId): Promise<void>;
  /** How far streams have come; those that nobody has written to are left out. */
  heads(streams: readonly LogStreamId[]): Promise<ReadonlyMap<LogStreamId, LogHead>>;
  /** The lines that are kept from one sequence to another, both included, in order. */
  range(stream: LogStreamId, from: number, to: number): Promise<readonly LogLine[]>;
  /** What a search has to read, in its direction: at most what `searchBounds` says, behind or before a sequence. */
  candidates(stream: LogStreamId, filter: LogFilter, from: SearchFrom): Promise<Candidates>;
};

export type SearchFrom = { readonly from: number; readonly backwards: boolean };

/** How much of a log one request may go through: chunks of which only the facts are read, and what is opened. */
export const searchBounds = {
  chunks: 10_000,
  lines: 20_000,
  bytes: 8 * 1024 * 1024,
  unknownBytes: 256 * 1024,
} as const;

export type Candidates = {
  readonly chunks: readonly { readonly bytes: number; lines(): Promise<readonly LogLine[]> }[];
  /** Up to this sequence, or down to it, there is nothing else that is wanted. */
  readonly reached: number;
  /** Beyond, there is no more of the log. */
  readonly isComplete: boolean;
};

export type StorableLine = NewLogLine & { readonly truncated: boolean };

/** `first` is the oldest line that is kept; one behind `last` when there is none. */
export type LogHead = { readonly first: number; readonly last: number; readonly ended: boolean };

export const unwritten: LogHead = { first: 1, last: 0, ended: false };
