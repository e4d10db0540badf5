import { backoffMs } from '@apployd/core/backoff';
import { systemClock, type Clock } from '@apployd/core/clock';
import type { LogSource, LogStreamId, NewLogLine } from '@apployd/core/log-line';
import { batches } from './batches.js';
import type { LogWriter } from './log-writer.js';
import { LogStreamEnded, type Logs } from './logs.js';
import { maskedLines, type MaskedLines } from './masked-lines.js';
import { secretIndex } from './secret-index.js';

export type LogWriterOptions = {
  readonly stream: LogStreamId;
  readonly organizationId: string;
  readonly deploymentId: string;
  /** Values that are replaced by `[secret]` before anything is stored. */
  readonly mask: readonly string[];
  readonly clock?: Clock;
  /** Lines that could not be stored, after some tries, are lost; here is why. */
  readonly onError: (error: unknown) => void;
};

const flushMs = 250;
const flushLines = 500;
const flushBytes = 256 * 1024;
/** Output that is faster than the store is dropped beyond this, and counted. */
const mostPendingBytes = 4 * 1024 * 1024;
/** About a minute: a database that is started again is back by then. Until one is stored, later batches have one attempt. */
const attempts = 35;

export type MaskingLogWriter = LogWriter & {
  /** From now on these are masked, instead of those before. */
  mask(values: readonly string[]): void;
};

/** Collects output, masked and line by line, and appends it in batches. */
export function logWriter(logs: Logs, options: LogWriterOptions): MaskingLogWriter {
  const { stream, organizationId, deploymentId, clock = systemClock } = options;
  const plainSource: LogSource = stream.startsWith('build:') ? 'BUILD' : 'STDOUT';
  let secrets = secretIndex(options.mask);
  const outputs = new Map<LogSource, MaskedLines>();
  const pending = pendingLines(() => ({ at: clock.now(), deploymentId }));
  let storing: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;
  const failures: unknown[] = [];
  let isRefusing = false;
  let closed = false;

  function linesOf(source: LogSource): MaskedLines {
    const lines = outputs.get(source) ?? maskedLines(secrets);
    outputs.set(source, lines);
    return lines;
  }

  function storeSoon(): void {
    if (storing || pending.isEmpty()) return;
    if (pending.isMuch()) void storeAll();
    else timer ??= setTimeout(() => void storeAll(), flushMs);
  }

  /** One batch at a time, so that lines keep their order. */
  function storeAll(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    storing ??= (async () => {
      do await store(pending.take());
      while (pending.isMuch());
    })().finally(() => {
      storing = null;
      storeSoon();
    });
    return storing;
  }

  async function store(lines: readonly NewLogLine[]): Promise<void> {
    if (lines.length === 0) return;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await logs.append(stream, organizationId, lines);
        isRefusing = false;
        return;
      } catch (error) {
        if (!isRefusing && attempt < attempts && !(error instanceof LogStreamEnded)) {
          await clock.sleep(backoffMs(attempt, 100, 2_000));
          continue;
        }
        isRefusing = true;
        if (failures.length === 0) failures.push(error);
        pending.countRefused(lines.length);
        return options.onError(error);
      }
    }
  }

  async function flush(): Promise<bigint> {
    for (const [source, lines] of outputs) for (const line of lines.end()) pending.add(source, line);
    pending.tellLost();
    while (storing || !pending.isEmpty()) await storeAll();
    const [error] = failures.splice(0);
    if (error !== undefined) throw error instanceof Error ? error : new Error('Log lines were lost.', { cause: error });
    return logs.append(stream, organizationId, []);
  }

  function take(source: LogSource, read: (lines: MaskedLines) => readonly string[]): void {
    if (closed) return;
    for (const line of read(linesOf(source))) pending.add(source, line);
    storeSoon();
  }

  return {
    write: (text, source = plainSource) =>
      take(source, (lines) => lines.push(source === 'PLATFORM' && !text.endsWith('\n') ? `${text}\n` : text)),
    line: (message, source = plainSource) => take(source, (lines) => lines.line(message)),
    mask(values) {
      secrets = secretIndex(values);
      for (const lines of outputs.values()) lines.use(secrets);
    },
    flush,
    async close() {
      if (closed) return;
      closed = true;
      await flush();
    },
  };
}

/** A bounded queue that says in its place how many lines were lost. */
function pendingLines(stamp: () => Pick<NewLogLine, 'at' | 'deploymentId'>) {
  let lines: NewLogLine[] = [];
  let bytes = 0;
  let late = 0;
  let refused = 0;

  function push(source: LogSource, message: string): void {
    lines.push({ ...stamp(), source, message });
    bytes += weigh(message);
  }

  function tellLost(): void {
    if (refused > 0) push('PLATFORM', lostMessage(refused, 'REFUSED'));
    if (late > 0) push('PLATFORM', lostMessage(late, 'TOO_FAST'));
    late = 0;
    refused = 0;
  }

  return {
    isEmpty: () => lines.length === 0,
    isMuch: () => lines.length >= flushLines || bytes >= flushBytes,
    add(source: LogSource, message: string): void {
      if (bytes + weigh(message) > mostPendingBytes) {
        late += 1;
        return;
      }
      tellLost();
      push(source, message);
    },
    countRefused(count: number): void {
      refused += count;
    },
    tellLost,
    take(): NewLogLine[] {
      const [batch = []] = batches(lines.slice(0, flushLines));
      lines = lines.slice(batch.length);
      bytes -= batch.reduce((sum, line) => sum + weigh(line.message), 0);
      return batch;
    },
  };
}

function lostMessage(count: number, why: 'TOO_FAST' | 'REFUSED'): string {
  const lines = count === 1 ? 'A line was' : `${count} lines were`;
  const they = count === 1 ? 'it' : 'they';
  const tooFast = `${they} came faster than ${they} could be stored`;
  const refused = `${they} could not be stored, since the log store was away or refused`;
  return `${lines} lost here: ${why === 'TOO_FAST' ? tooFast : refused}.`;
}

/** Many empty lines weigh something too. */
function weigh(message: string): number {
  return message.length + 100;
}
