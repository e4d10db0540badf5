import type { LogStreamId } from '@apployd/core/log-line';
import { weigh } from './weigh-line.js';
import type { LogBatch } from './logs.js';

export type SharedBatches = {
  /** What lies behind a place, read once for all who ask at about the same time: they are given the same objects. */
  behind(
    place: { readonly stream: LogStreamId; readonly cursor: number; readonly to: number },
    read: () => Promise<readonly LogBatch[]>,
  ): Promise<readonly LogBatch[]>;
};

type Kept = { readonly batches: Promise<readonly LogBatch[]>; weight: number };

/** Keeps what was read last, up to about `mostBytes` over all streams. */
export function sharedBatches(mostBytes = 8 * 1024 * 1024): SharedBatches {
  const kept = new Map<string, Kept>();
  let bytes = 0;

  function drop(key: string): void {
    bytes -= kept.get(key)?.weight ?? 0;
    kept.delete(key);
  }

  async function keep(key: string, entry: Kept): Promise<void> {
    const batches = await entry.batches.catch(() => []);
    if (kept.get(key) !== entry) return;
    // What is not there may only have been removed since the head was read: the next one looks again.
    if (batches.length === 0) return drop(key);
    entry.weight = weightOf(batches);
    bytes += entry.weight;
    for (const oldest of kept.keys()) {
      if (bytes <= mostBytes) return;
      drop(oldest);
    }
  }

  return {
    behind({ stream, cursor, to }, read) {
      const key = `${stream} ${cursor} ${to}`;
      const known = kept.get(key);
      if (known) return known.batches;
      const entry = { batches: read(), weight: 0 };
      kept.set(key, entry);
      void keep(key, entry);
      return entry.batches;
    },
  };
}

function weightOf(batches: readonly LogBatch[]): number {
  return batches.reduce((sum, { lines }) => sum + lines.reduce((all, line) => all + weigh(line), 0), 0);
}
