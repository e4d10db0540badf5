/**
 * Does all of it at once. When one fails the signal of the others fires, and once none is at work any more the first
 * failure is thrown: what follows need not fear that something is still being done.
 */
export async function together<T>(
  signal: AbortSignal,
  works: readonly ((signal: AbortSignal) => Promise<T>)[],
): Promise<T[]> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const running = works.map((work) =>
    work(either).catch((error: unknown) => {
      stop.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(running);
  if (stop.signal.aborted) throw stop.signal.reason;
  return Promise.all(running);
}
