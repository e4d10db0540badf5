import type { Engine } from '../engine.js';
import type { Run } from './run.js';
import { mayTakeBack } from './still-ours.js';

type TakeBack = (error: unknown) => Promise<void>;

/**
 * Notes how to take back what is about to be done, by the error with which it fails. Note first, then act: a crash in between
 * must not leak.
 */
export type Undo = (takeBack: TakeBack) => void;

/**
 * Runs the work; when it fails, takes back what was noted, the newest first, and fails as the work did. What a
 * successor has taken over, or what is live by now, is left alone.
 */
export async function withUndo<T>(engine: Engine, run: Run, work: (undo: Undo) => Promise<T>): Promise<T> {
  const noted: TakeBack[] = [];
  try {
    return await work((takeBack) => noted.push(takeBack));
  } catch (error) {
    if (await mayTakeBack(engine, run)) await takeBackAll(engine, noted.reverse(), error);
    throw error;
  }
}

async function takeBackAll(engine: Engine, all: readonly TakeBack[], error: unknown): Promise<void> {
  for (const takeBack of all) {
    await takeBack(error).catch((err: unknown) => engine.log.error({ err }, 'could not take back; reconcile will'));
  }
}
