/**
 * An async generator that can be left at any time. A plain one answers `return()` only at its next yield,
 * so a stream with nothing to say would never let go of its listeners; here leaving fires the signal first.
 */
export function cancellable<T>(
  generate: (signal: AbortSignal) => AsyncGenerator<T, void>,
  onLeave: () => void = () => {},
): AsyncIterableIterator<T> {
  const leaving = new AbortController();
  const inner = generate(leaving.signal);
  const leave = () => {
    leaving.abort();
    onLeave();
  };
  return {
    next: async () => {
      try {
        const result = await inner.next();
        if (result.done) leave();
        return result.done ? { done: true, value: undefined } : result;
      } catch (error) {
        leave();
        throw error;
      }
    },
    return: async () => {
      leave();
      await inner.return();
      return { done: true, value: undefined };
    },
    throw: async (error) => {
      leave();
      await inner.return();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
