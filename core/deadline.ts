/** A signal that fires, with a TimeoutError, after `ms`. It may be combined with others, unlike that of `AbortSignal.timeout`. */
export function deadlineIn(ms: number): AbortSignal {
  return withDeadline(new AbortController().signal, ms);
}

/**
 * A signal that also fires, with a TimeoutError, after `ms`. Unlike `AbortSignal.any` with `AbortSignal.timeout`, whose
 * timer Node 20 forgets once the garbage collector has been there, it always fires.
 */
export function withDeadline(signal: AbortSignal, ms: number): AbortSignal {
  return deadlineOf(signal, ms).signal;
}

/** Does work under such a signal, and lets go of the outer one afterwards: for much work under one that lives long. */
export async function withinDeadline<T>(
  signal: AbortSignal,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = deadlineOf(signal, ms);
  try {
    return await work(deadline.signal);
  } finally {
    deadline.forget();
  }
}

function deadlineOf(signal: AbortSignal, ms: number): { readonly signal: AbortSignal; forget(): void } {
  const deadline = new AbortController();
  const late = () => deadline.abort(new DOMException(`It took longer than ${ms} ms.`, 'TimeoutError'));
  const timer = setTimeout(late, ms);
  timer.unref();
  const onAbort = () => {
    clearTimeout(timer);
    deadline.abort(signal.reason);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  const forget = () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  };
  return { signal: deadline.signal, forget };
}
