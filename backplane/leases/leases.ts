/** One holder at a time for a key, over all processes. */
export interface Leases {
  /**
   * Runs `work` while holding the key, renewing it; null at once when another holds it. The fence is larger than
   * every earlier holder's. The signal fires when the lease could not be kept: stop, another may hold it by now.
   */
  hold<T>(
    key: string,
    ttlMs: number,
    work: (fence: bigint, signal: AbortSignal) => Promise<T>,
  ): Promise<{ readonly value: T } | null>;
  /**
   * Frees what a process of the same owner held that was killed, so that nobody waits until it expires: how much that was.
   * Asked for before this process holds anything itself. Where a former one is still alive it loses what it holds, and is told.
   */
  endFormer(): Promise<number>;
  close(): Promise<void>;
}
