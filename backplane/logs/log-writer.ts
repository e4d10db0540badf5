import type { LogSource } from '@apployd/core/log-line';

/** What work writes its output to. Lines are masked, batched and stored in the order they came in. */
export interface LogWriter {
  /**
   * A part of the output: lines end where line ends are, not where calls end; only what the platform says (PLATFORM) is a
   * line of its own. Without a source it is BUILD in a build's log, else STDOUT. Never blocks the writer.
   */
  write(text: string, source?: LogSource): void;
  /** One whole line, or as much of it as was kept. */
  line(message: string, source?: LogSource): void;
  /** Everything written so far is stored, also a last line without an end; the last sequence of the stream. Rejects when the store refuses. */
  flush(): Promise<bigint>;
  /** Flushes, and takes no more. */
  close(): Promise<void>;
}
