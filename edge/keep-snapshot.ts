import type { Logger } from '@apployd/backplane/log/logger';
import type { RouteState, Snapshot } from './snapshot.js';

/** Writes what is known now a moment after it changed, however often it changes meanwhile. */
export type SnapshotKeeper = {
  changed(): void;
  /** Writes at once what was not written yet. */
  flush(): Promise<void>;
};

export function keepSnapshot(parts: {
  readonly snapshot: Snapshot;
  readonly state: () => RouteState;
  readonly log: Logger;
  readonly delayMs?: number;
}): SnapshotKeeper {
  const { snapshot, state, log, delayMs = 500 } = parts;
  let timer: NodeJS.Timeout | null = null;
  let writing = Promise.resolve();

  const write = () => {
    timer = null;
    writing = writing
      .then(() => snapshot.save(state()))
      .catch((error: unknown) => log.error({ err: error }, 'the snapshot of the routes could not be written'));
    return writing;
  };

  return {
    changed: () => {
      timer ??= setTimeout(() => void write(), delayMs);
    },
    flush: async () => {
      if (!timer) return writing;
      clearTimeout(timer);
      await write();
    },
  };
}
