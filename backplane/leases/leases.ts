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
  close(): Promise<void>;
}
