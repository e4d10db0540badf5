import type { LogLine, LogStreamId, NewLogLine } from '@apployd/core/log-line';

/** Where lines are kept. Numbering, following and bounds are stored-logs.ts's. */
export type LogStore = {
  /** Numbers the lines without holes, whoever else appends; all or none. Null when the stream has ended. */
  append(stream: LogStreamId, organizationId: string, lines: readonly StorableLine[]): Promise<bigint | null>;
  end(stream: LogStreamId, organizationId: string): Promise<void>;
  /** Nothing is left of the stream. */
  remove(stream: LogStreamId): Promise<void>;
  /** How far streams have come; those that nobody has written to are left out. */
  heads(streams: readonly LogStreamId[]): Promise<ReadonlyMap<LogStreamId, LogHead>>;
  /** The lines that are kept from one sequence to another, both included, in order. */
  range(stream: LogStreamId, from: number, to: number): Promise<readonly LogLine[]>;
};

export type StorableLine = NewLogLine & { readonly truncated: boolean };

/** `first` is the oldest line that is kept; one behind `last` when there is none. */
export type LogHead = { readonly first: number; readonly last: number; readonly ended: boolean };

export const unwritten: LogHead = { first: 1, last: 0, ended: false };
