import { systemClock } from '@apployd/core/clock';

export type Followers = {
  track<T>(handle: string, lines: AsyncIterable<T>): AsyncIterable<T>;
  /** Resolves when nobody reads any more, or after a while. */
  settled(handles: readonly string[], withinMs: number): Promise<void>;
};

/** Knows who reads which output, so that a container is not removed under a reader who is about to have it all. */
export function followers(): Followers {
  const reading = new Map<string, Set<Promise<void>>>();
  return {
    track: async function* (handle, lines) {
      let finish = () => {};
      const done = new Promise<void>((resolve) => (finish = resolve));
      const all = reading.get(handle) ?? new Set();
      reading.set(handle, all.add(done));
      try {
        yield* lines;
      } finally {
        finish();
        all.delete(done);
        if (all.size === 0) reading.delete(handle);
      }
    },
    settled: async (handles, withinMs) => {
      const waiting = new AbortController();
      const all = Promise.all(handles.flatMap((handle) => [...(reading.get(handle) ?? [])]));
      await Promise.race([all, systemClock.sleep(withinMs, waiting.signal).catch(() => undefined)]);
      waiting.abort();
    },
  };
}
