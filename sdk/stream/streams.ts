import type { TypedDocument } from '../typed-document.js';

/** Carries subscriptions. Knows nothing of cursors: whoever listens resumes. */
export interface Streams {
  /**
   * The results of one subscription over one connection. Ends when the server completes it or the signal aborts; throws a typed error when
   * the connection breaks or falls silent. Holds few results in memory: when the reader is too slow it ends early, to be resumed.
   */
  subscribe<Result, Variables>(
    document: TypedDocument<Result, Variables>,
    variables: Variables,
    signal: AbortSignal,
  ): AsyncIterable<Result>;
}

/** How long a connection may say nothing before it counts as broken. The server speaks every 12 s. */
export type Liveness = { readonly livenessMs: number };
