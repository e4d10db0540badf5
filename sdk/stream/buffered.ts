/** What a pushing source talks to. */
export type Sink<T> = { next(value: T): void; error(error: unknown): void; complete(): void };

/**
 * Turns a source that pushes into one that is pulled. At `most` waiting values the source is stopped: the reader gets what waits, then the end.
 * `start` returns how to stop; it may be called more than once.
 */
export async function* buffered<T>(
  start: (sink: Sink<T>) => () => void,
  most: number,
  signal: AbortSignal,
): AsyncGenerator<T, void> {
  const waiting: T[] = [];
  let over = false;
  let failure: { readonly error: unknown } | undefined;
  let wake = () => {};
  const end = (error?: { readonly error: unknown }) => {
    if (over) return;
    over = true;
    failure = error;
    wake();
  };
  const stop = start({
    next: (value) => {
      if (over) return;
      waiting.push(value);
      if (waiting.length >= most) end();
      wake();
    },
    error: (error) => end({ error }),
    complete: () => end(),
  });
  const onAbort = () => end();
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) end();
  try {
    for (;;) {
      if (over) stop();
      for (let value = waiting.shift(); value !== undefined; value = waiting.shift()) yield value;
      if (failure) throw failure.error;
      if (over) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    over = true;
    signal.removeEventListener('abort', onAbort);
    stop();
  }
}
