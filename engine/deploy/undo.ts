import type { Engine } from '../engine.js';

/** Notes how to take back what is about to be done. Note first, then act: a crash in between must not leak. */
export type Undo = (takeBack: () => Promise<void>) => void;

/** Runs the work; when it fails, takes back what was noted, the newest first, and fails as the work did. */
export async function withUndo<T>(engine: Pick<Engine, 'log'>, work: (undo: Undo) => Promise<T>): Promise<T> {
  const noted: (() => Promise<void>)[] = [];
  try {
    return await work((takeBack) => noted.push(takeBack));
  } catch (error) {
    for (const takeBack of noted.reverse()) {
      await takeBack().catch((problem: unknown) =>
        engine.log.error({ err: problem }, 'could not take back; reconcile will'),
      );
    }
    throw error;
  }
}
