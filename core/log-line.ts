/** Where a line came from. */
export const logSources = ['BUILD', 'STDOUT', 'STDERR', 'PLATFORM'] as const;
export type LogSource = (typeof logSources)[number];

/** A line before the store has numbered it. */
export type NewLogLine = {
  readonly at: Date;
  readonly source: LogSource;
  readonly message: string;
  /** The deployment whose build or instance wrote it. */
  readonly deploymentId: string;
};

/** A stored line. Sequences are 1, 2, 3 … in a stream, without holes. */
export type LogLine = NewLogLine & { readonly sequence: number; readonly truncated: boolean };

/** The longest message that is kept, in UTF-8 bytes; longer ones are cut. */
export const maxLineBytes = 16 * 1024;

/**
 * What is read of a longer line: more than is kept, also without a last character that was cut (4 bytes in UTF-8), so
 * that the store sees that it was longer.
 */
export const readLineBytes = maxLineBytes + 4;

/** Streams are named after what they belong to. */
export type LogStreamId = `build:${string}` | `runtime:${string}`;

export function buildLogOf(deploymentId: string): LogStreamId {
  return `build:${deploymentId}`;
}

export function runtimeLogOf(environmentId: string): LogStreamId {
  return `runtime:${environmentId}`;
}
