import { holdWhile, type HeldLease } from './hold-while.js';
import type { Leases } from './leases.js';

/** Leases within one process. */
export function memoryLeases(): Leases & {
  /** As if the holder had been silent for too long. */ expire(key: string): void;
} {
  const leases = new Map<string, { fence: bigint; holder: symbol; expiresAt: number }>();

  function take(key: string, ttlMs: number): HeldLease | null {
    const before = leases.get(key);
    if (before && before.expiresAt > Date.now()) return null;
    const holder = Symbol(key);
    const fence = (before?.fence ?? 0n) + 1n;
    const keepUntil = (expiresAt: number): boolean => {
      const lease = leases.get(key);
      const held = lease?.holder === holder && lease.expiresAt > Date.now();
      if (held) leases.set(key, { fence, holder, expiresAt });
      return held;
    };
    leases.set(key, { fence, holder, expiresAt: Date.now() + ttlMs });
    return {
      fence,
      renew: async () => keepUntil(Date.now() + ttlMs),
      release: async () => void keepUntil(0),
    };
  }

  return {
    async hold(key, ttlMs, work) {
      const lease = take(key, ttlMs);
      return lease && { value: await holdWhile(lease, ttlMs, work) };
    },
    expire(key) {
      const lease = leases.get(key);
      if (lease) lease.expiresAt = 0;
    },
    // It ends with its process.
    endFormer: async () => 0,
    close: async () => undefined,
  };
}
