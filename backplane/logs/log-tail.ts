import type { LogLine, LogStreamId } from '@apployd/core/log-line';
import type { Events } from '../events/events.js';
import type { Logger } from '../log/logger.js';
import { unwritten, type LogHead, type LogStore } from './log-store.js';
import { weigh } from './weigh-line.js';

/** The newest lines of one stream, read once for all its followers in this process. */
export type LogTail = {
  readonly stream: LogStreamId;
  /** It listens, and has looked once. */
  readonly ready: Promise<void>;
  head(): LogHead;
  /** The lines from one sequence to another, both included; null when the tail does not reach back so far. */
  range(from: number, to: number): readonly LogLine[] | null;
  /** Resolves once there is more than the cursor, the stream has ended, or the signal fired. */
  grown(cursor: number, signal: AbortSignal): Promise<void>;
  /** Takes in what the store has by now. */
  look(): Promise<void>;
  /** Looks when the store has come further than this tail. */
  compare(head: LogHead): Promise<void>;
  close(): void;
};

const mostBytes = 1024 * 1024;
const mostLinesARead = 500;

/** Listens before it looks, so that nothing slips in between. */
export function openLogTail(store: LogStore, events: Events, log: Logger, stream: LogStreamId): LogTail {
  const closing = new AbortController();
  const waiting = new Set<() => void>();
  const recent = recentLines();
  let head = unwritten;
  let looking: Promise<void> | null = null;
  let lookAfterwards = false;

  async function open(): Promise<void> {
    const hints = await events.listen('log', stream, closing.signal);
    head = await headOf(store, stream); // what was there before, followers read from the store
    void lookAtHints(hints);
  }

  async function lookAtHints(hints: AsyncIterable<string>): Promise<void> {
    for await (const _ of hints) {
      await look().catch((error: unknown) =>
        log.warn({ err: error, stream }, 'Could not read a log; looking again soon.'),
      );
    }
  }

  /** One look at a time; a change during a look is seen by another right behind it. */
  function look(): Promise<void> {
    lookAfterwards = looking !== null;
    looking ??= lookUntilDone().finally(() => (looking = null));
    return looking;
  }

  async function lookUntilDone(): Promise<void> {
    do {
      lookAfterwards = false;
      await takeIn(await headOf(store, stream));
    } while (lookAfterwards && !closing.signal.aborted);
  }

  /** The head moves once the lines are in `recent`: a follower that sees it can read them. */
  async function takeIn(next: LogHead): Promise<void> {
    while (head.last < next.last && !closing.signal.aborted) {
      const to = Math.min(next.last, head.last + mostLinesARead);
      recent.add(await store.range(stream, head.last + 1, to));
      moveHead({ ...head, last: to });
    }
    moveHead({ first: Math.max(head.first, next.first), last: head.last, ended: head.ended || next.ended });
  }

  function moveHead(next: LogHead): void {
    head = next;
    for (const check of waiting) check();
  }

  return {
    stream,
    ready: open(),
    head: () => head,
    range: (from, to) => recent.range(from, to),
    grown(cursor, signal) {
      return new Promise((resolve) => {
        const check = () => {
          if (head.last <= cursor && !head.ended && !signal.aborted) return;
          waiting.delete(check);
          signal.removeEventListener('abort', check);
          resolve();
        };
        waiting.add(check);
        signal.addEventListener('abort', check);
        check();
      });
    },
    look,
    async compare(next) {
      if (next.last > head.last || next.ended !== head.ended) await look();
    },
    close: () => closing.abort(),
  };
}

async function headOf(store: LogStore, stream: LogStreamId): Promise<LogHead> {
  return (await store.heads([stream])).get(stream) ?? unwritten;
}

/** Consecutive lines of at most about 1 MiB; the oldest make room. */
function recentLines() {
  let lines: LogLine[] = [];
  let bytes = 0;
  return {
    add(newer: readonly LogLine[]): void {
      const follows = newer[0]?.sequence === (lines.at(-1)?.sequence ?? NaN) + 1;
      if (!follows) [lines, bytes] = [[], 0];
      lines.push(...newer);
      bytes += newer.reduce((sum, line) => sum + weigh(line), 0);
      let surplus = 0;
      while (bytes > mostBytes && surplus < lines.length) bytes -= weigh(lines[surplus++] as LogLine);
      lines.splice(0, surplus);
    },
    range(from: number, to: number): readonly LogLine[] | null {
      const oldest = lines[0]?.sequence;
      if (oldest === undefined || from < oldest) return null;
      return lines.slice(from - oldest, to + 1 - oldest);
    },
  };
}
