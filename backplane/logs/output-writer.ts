import { backoffMs } from '@apployd/core/backoff';
import type { Clock } from '@apployd/core/clock';
import type { LogSource, LogStreamId, NewLogLine } from '@apployd/core/log-line';
import { LogCheckpointMoved, LogInstanceGone, LogStreamEnded, type LogCheckpoint, type Logs } from './logs.js';
import { maskedLines, type MaskedLines } from './masked-lines.js';
import { secretIndex } from './secret-index.js';

/** Copies into a log what is kept elsewhere and can be read again from a cursor: a line is stored once, or is still there. */
export type OutputWriter = {
  /**
   * Takes a line, masked, which is stored soon. Resolves when there is room for the next: at once, unless the store is
   * behind or away, which is waited out. Rejects once writing has failed.
   */
  line(line: SourceLine): Promise<void>;
  /** From now on these are masked, instead of those before. */
  mask(values: readonly string[]): void;
  /** Forgets what was taken and not stored, and any failure: the next line is that behind the cursor. */
  goOnFrom(cursor: string | null): void;
  /** Resolves when everything that was taken is stored. */
  flush(): Promise<void>;
};

export type SourceLine = Pick<NewLogLine, 'at' | 'source' | 'message'> & {
  /** Where reading goes on behind the line. */
  readonly cursor: string;
};

export type OutputWriterOptions = {
  readonly stream: LogStreamId;
  readonly organizationId: string;
  readonly deploymentId: string;
  readonly instanceId: string;
  /** Behind which the first line comes. */
  readonly from: string | null;
  readonly mask: readonly string[];
  readonly clock: Clock;
  /** Once it has fired, a store that refuses is not tried again: what it refuses is read by whoever comes next. */
  readonly signal: AbortSignal;
  /** The store refuses for the time being, and is tried again. */
  readonly onRetry: (error: unknown) => void;
  /** Nothing more is taken: the log has ended, another has copied meanwhile, or the store refused what was to be the last. */
  readonly onFailure: (error: unknown) => void;
};

const storeMs = 250;
/** What is taken before the store is waited for: with what is just being stored, twice as much is in memory. */
const mostLines = 500;
const mostCharacters = 256 * 1024;
const mostRestMs = 2_000;

export function outputWriter(logs: Pick<Logs, 'append'>, options: OutputWriterOptions): OutputWriter {
  const { stream, organizationId, deploymentId, instanceId, clock, signal } = options;
  let secrets = secretIndex(options.mask);
  const outputs = new Map<LogSource, MaskedLines>();
  let taken: NewLogLine[] = [];
  let characters = 0;
  let lastAt = clock.now();
  let cursor = options.from;
  let stored = options.from;
  /** Something came since the last batch: a line may have the cursor of that before it. */
  let isBehind = false;
  let storing: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;
  let failure: { readonly error: unknown } | null = null;

  function linesOf(source: LogSource): MaskedLines {
    const lines = outputs.get(source) ?? maskedLines(secrets);
    outputs.set(source, lines);
    return lines;
  }

  function push(source: LogSource, messages: readonly string[]): void {
    for (const message of messages) {
      taken.push({ at: lastAt, source, message, deploymentId });
      characters += message.length;
    }
  }

  /** One batch at a time, so that lines keep their order. */
  function storeAll(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    storing ??= store().finally(() => (storing = null));
    return storing;
  }

  /** What masking holds back is stored with the rest: the cursor is behind it. */
  async function store(): Promise<void> {
    if (!isBehind || failure) return;
    isBehind = false;
    for (const [source, lines] of outputs) push(source, lines.end());
    const lines = taken;
    const checkpoint = { instanceId, from: stored, to: cursor };
    taken = [];
    characters = 0;
    try {
      await append(lines, checkpoint);
      stored = checkpoint.to;
    } catch (error) {
      failure = { error };
      options.onFailure(error);
    }
  }

  async function append(lines: readonly NewLogLine[], checkpoint: LogCheckpoint): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await logs.append(stream, organizationId, lines, checkpoint);
        return;
      } catch (error) {
        // It was stored, and only the answer was lost.
        if (attempt > 1 && error instanceof LogCheckpointMoved && error.at === checkpoint.to) return;
        if (isFinal(error) || signal.aborted) throw error;
        if (attempt === 1) options.onRetry(error);
        await clock.sleep(backoffMs(attempt, 100, mostRestMs), signal).catch(() => undefined);
      }
    }
  }

  function throwFailure(): void {
    if (failure) throw failure.error instanceof Error ? failure.error : new Error('The output could not be stored.');
  }

  return {
    async line({ at, source, message, cursor: behind }) {
      throwFailure();
      lastAt = at;
      push(source, linesOf(source).line(message));
      cursor = behind;
      isBehind = true;
      const isMuch = () => taken.length >= mostLines || characters >= mostCharacters;
      while (isMuch() && !failure) await storeAll();
      if (isBehind) timer ??= setTimeout(() => void storeAll(), storeMs);
      throwFailure();
    },
    mask(values) {
      secrets = secretIndex(values);
      for (const lines of outputs.values()) lines.use(secrets);
    },
    goOnFrom(place) {
      clearTimeout(timer);
      timer = undefined;
      outputs.clear();
      taken = [];
      characters = 0;
      cursor = place;
      stored = place;
      isBehind = false;
      failure = null;
    },
    async flush() {
      while (storing || (isBehind && !failure)) await storeAll();
      clearTimeout(timer);
      timer = undefined;
      throwFailure();
    },
  };
}

/** The store will not take it, however often it is asked. */
function isFinal(error: unknown): boolean {
  return [LogCheckpointMoved, LogInstanceGone, LogStreamEnded].some((kind) => error instanceof kind);
}
