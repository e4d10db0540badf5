import type { Logger } from '@apployd/backplane/log/logger';

/** Saves what is known now a moment after it changed, however often it changes meanwhile, and one time after the other. */
export type SavedKeeper = {
  changed(): void;
  /** Saves at once what was not saved yet. */
  flush(): Promise<void>;
};

export function keepSaved(parts: {
  readonly save: () => Promise<void>;
  /** For the log: what it is that is saved. */
  readonly what: string;
  readonly log: Logger;
  readonly delayMs?: number;
}): SavedKeeper {
  const { save, what, log, delayMs = 500 } = parts;
  let timer: NodeJS.Timeout | null = null;
  let writing = Promise.resolve();

  const write = () => {
    timer = null;
    writing = writing
      .then(save)
      .catch((error: unknown) => log.error({ err: error }, `the snapshot of the ${what} could not be written`));
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
