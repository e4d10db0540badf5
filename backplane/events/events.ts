import type { Topic } from '@apployd/core/topic';

/** Hints that a row changed. They carry no data and may be lost: whoever listens looks at the row, and looks again on a slow timer. */
export interface Events {
  /** Never throws: what cannot be published is reported to the log and lost. */
  publish(topic: Topic, id: string): void;
  /**
   * Resolves once the backend listens, so that a look taken afterwards misses nothing; or after a few seconds while the
   * backend cannot be reached: a hint comes when it is back. Hints that are not taken in time melt into one per id; the
   * iteration ends when the signal fires, without an error.
   * Without an id it hears every id of the topic, and `anyId` when it cannot be told which.
   */
  listen(topic: Topic, id: string | null, signal: AbortSignal): Promise<AsyncIterable<string>>;
  close(): Promise<void>;
}

/** Heard by those who listen to a whole topic after hints may have been lost: look at every row. */
export const anyId = '*';
