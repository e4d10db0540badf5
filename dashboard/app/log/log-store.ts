import { type Level, levelOf } from './level.js';

/** A line as the API gives it. */
export type LogLine = {
  readonly sequence: number;
  readonly at: string;
  readonly message: string;
  readonly source: string;
  readonly deploymentId: string;
};

/** A line that was looked at once, when it came. */
export type KnownLine = LogLine & { readonly level: Level };

export type LogState = {
  readonly lines: readonly KnownLine[];
  /** How many of them warn. */
  readonly warnings: number;
  /** Lines before the first one shown: not loaded, too many to keep, or kept no longer. */
  readonly missing: number;
  /** Of those, what has been here and was taken away. */
  readonly dropped: number;
  readonly isOver: boolean;
  /** Lines that will never come, as the platform says. */
  readonly lost: number;
};

export type LogStore = {
  add(lines: readonly LogLine[]): void;
  end(): void;
  lose(count: number): void;
  /** The state now; the same object until something has changed. */
  state(): LogState;
  onChange(listener: () => void): () => void;
};

/** The most that a page keeps, and how many go at once when there are more. */
export const mostLines = 200_000;
const blockLines = 10_000;
/** A page that is told of every line draws nothing else. */
const flushMs = 100;

/** Log lines outside React: in order of their numbers, each once. Tells of changes ten times a second at most. */
export function logStore(first: readonly LogLine[], isOver = false): LogStore {
  let state = withLines({ lines: [], warnings: 0, missing: 0, dropped: 0, isOver, lost: 0 }, first);
  let waiting: LogLine[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const listeners = new Set<() => void>();
  const set = (next: LogState) => {
    state = next;
    for (const listener of listeners) listener();
  };
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const added = waiting;
    waiting = [];
    if (added.length > 0) set(withLines(state, added));
  };
  return {
    add: (lines) => {
      for (const line of lines) waiting.push(line);
      timer ??= setTimeout(flush, flushMs);
    },
    end: () => {
      flush();
      set({ ...state, isOver: true });
    },
    lose: (count) => set({ ...state, lost: state.lost + count }),
    state: () => state,
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function withLines(state: LogState, added: readonly LogLine[]): LogState {
  const all = merge(state.lines, added.map(known));
  const over = all.length > mostLines ? Math.ceil((all.length - mostLines) / blockLines) * blockLines : 0;
  const lines = over > 0 ? all.slice(over) : all;
  return {
    ...state,
    lines,
    warnings: lines.length === 0 ? 0 : countWarnings(state, all, lines),
    missing: Math.max(0, (lines[0]?.sequence ?? 1) - 1 - state.lost),
    dropped: state.dropped + over,
  };
}

const known = (line: LogLine): KnownLine => ({ ...line, level: levelOf(line.message) });

/** Lines that were only put behind the others are all that need be counted. */
function countWarnings(before: LogState, all: readonly KnownLine[], lines: readonly KnownLine[]): number {
  const isLonger = all === lines && all[0] === before.lines[0] && all[before.lines.length - 1] === before.lines.at(-1);
  const [from, start] = isLonger ? [before.warnings, before.lines.length] : [0, 0];
  let count = from;
  for (let index = start; index < lines.length; index += 1) if (lines[index]?.level) count += 1;
  return count;
}

/** Both in order; a number that is known already is not taken twice. */
function merge(known: readonly KnownLine[], added: readonly KnownLine[]): readonly KnownLine[] {
  const [first, last] = [added[0], added.at(-1)];
  if (!first || !last) return known;
  if (first.sequence > (known.at(-1)?.sequence ?? 0) && inOrder(added)) return [...known, ...added];
  if (last.sequence < (known[0]?.sequence ?? 0) && inOrder(added)) return [...added, ...known];
  const all = new Map([...added, ...known].map((line) => [line.sequence, line]));
  return [...all.values()].sort((one, other) => one.sequence - other.sequence);
}

const inOrder = (lines: readonly KnownLine[]) =>
  lines.every((line, index) => index === 0 || line.sequence > (lines[index - 1]?.sequence ?? 0));
