/** Ends work early, for this reason. */
export type Stop = (reason: unknown) => void;

/** Does work that the outer signal, or `stop`, may end. Once it was ended it rejects with the reason of that. */
export async function stoppable<T>(
  outer: AbortSignal,
  work: (signal: AbortSignal, stop: Stop) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop: Stop = (reason) => controller.abort(reason);
  const onAbort = () => stop(outer.reason);
  outer.addEventListener('abort', onAbort, { once: true });
  try {
    if (outer.aborted) onAbort();
    controller.signal.throwIfAborted();
    return await work(controller.signal, stop);
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    outer.removeEventListener('abort', onAbort);
  }
}

/** Whether a signal was fired by a deadline. */
export function isTimeout(reason: unknown): boolean {
  return reason instanceof Error && reason.name === 'TimeoutError';
}
