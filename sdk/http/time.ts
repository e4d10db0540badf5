/** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** A signal that follows the given ones. `release` lets go of them; call it when the work is over. */
export function linked(...signals: readonly (AbortSignal | undefined)[]): {
  readonly signal: AbortSignal;
  readonly abort: (reason?: unknown) => void;
  readonly release: () => void;
} {
  const controller = new AbortController();
  const undo = signals.map((signal) => {
    if (!signal) return () => {};
    const onAbort = () => controller.abort(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    return () => signal.removeEventListener('abort', onAbort);
  });
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    release: () => undo.forEach((release) => release()),
  };
}

/** How long to wait before attempts that follow failures: doubling from `firstMs` to `longestMs`. */
export type Delays = { readonly firstMs: number; readonly longestMs: number };

/** The wait before retry `attempt` (1, 2, 3 …), half of it random so that clients do not come back all at once. */
export function delayMs(attempt: number, { firstMs, longestMs }: Delays): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(attempt - 1, 30));
  return full / 2 + (full / 2) * Math.random();
}
