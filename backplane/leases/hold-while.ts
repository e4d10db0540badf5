export type HeldLease = {
  readonly fence: bigint;
  /** False when another holds it by now. */
  renew(): Promise<boolean>;
  release(): Promise<void>;
};

/** The lease was lost while the work went on. */
class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/**
 * Runs the work and renews the lease every third of its life. The signal fires when another has it, or when it could not
 * be renewed for so long that it may have expired.
 */
export async function holdWhile<T>(
  lease: HeldLease,
  ttlMs: number,
  work: (fence: bigint, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  const lose = () => lost.abort(new LeaseLost('The lease could not be kept; another may hold it by now.'));
  let expiry = setTimeout(lose, ttlMs);
  const renewal = setInterval(() => {
    const askedAt = Date.now();
    lease.renew().then(
      (kept) => {
        clearTimeout(expiry);
        if (!kept) return lose();
        expiry = setTimeout(lose, askedAt + ttlMs - Date.now());
      },
      () => undefined, // tried again at the next beat, until it expires
    );
  }, ttlMs / 3);
  const stop = () => {
    clearInterval(renewal);
    clearTimeout(expiry);
  };
  lost.signal.addEventListener('abort', stop, { once: true });
  try {
    return await work(lease.fence, lost.signal);
  } finally {
    stop();
    await lease.release().catch(() => undefined); // it expires by itself
  }
}
