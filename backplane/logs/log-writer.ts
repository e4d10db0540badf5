import type { LogSource } from '@apployd/core/log-line';

/** What work writes its output to. Lines are masked, batched and stored in the order they came in. */
export interface LogWriter {
  /** One line, or text with line ends; never blocks the writer. */
  write(text: string, source?: LogSource): void;
  /** Everything written so far is stored; the last sequence of the stream. Rejects when the store refuses. */
  flush(): Promise<bigint>;
  /** Flushes, and takes no more. */
  close(): Promise<void>;
}
