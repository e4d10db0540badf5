/** A line as the API gives it. */
export type LogLine = {
  readonly sequence: number;
  readonly at: string;
  readonly message: string;
  readonly source: string;
};

export type LogState = {
  readonly lines: readonly LogLine[];
  /** Lines before the first one shown: too many to keep, or kept no longer. */
  readonly missing: number;
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

/** The most that a page keeps. */
export const mostLines = 5_000;
/** A page that is told of every line draws nothing else. */
const flushMs = 100;

/** Log lines outside React: in order of their numbers, each once, the last 5,000. Tells of changes ten times a second at most. */
export function logStore(first: readonly LogLine[], isOver = false): LogStore {
  let state: LogState = { lines: first, missing: (first[0]?.sequence ?? 1) - 1, isOver, lost: 0 };
  let waiting: LogLine[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const listeners = new Set<() => void>();
  const flush = () => {
    timer = undefined;
    const lines = merge(state.lines, waiting).slice(-mostLines);
    waiting = [];
    set({ lines, missing: Math.max(0, (lines[0]?.sequence ?? 1) - 1 - state.lost) });
  };
  const set = (change: Partial<LogState>) => {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  };
  return {
    add: (lines) => {
      waiting.push(...lines);
      timer ??= setTimeout(flush, flushMs);
    },
    end: () => {
      flush();
      set({ isOver: true });
    },
    lose: (count) => set({ lost: state.lost + count }),
    state: () => state,
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** Both in order; a number that is known already is not taken twice. */
function merge(known: readonly LogLine[], added: readonly LogLine[]): readonly LogLine[] {
  if (added.length === 0) return known;
  const last = known.at(-1)?.sequence ?? 0;
  if ((added[0]?.sequence ?? 0) > last) return [...known, ...added];
  const all = new Map([...known, ...added].map((line) => [line.sequence, line]));
  return [...all.values()].sort((one, other) => one.sequence - other.sequence);
}
