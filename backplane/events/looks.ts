import type { Topic } from '@apployd/core/topic';
import type { Events } from './events.js';

/**
 * When to look at a row: at once (already listening, so nothing is missed), at every hint, and every `everyMs`
 * in case a hint was lost. Ends quietly when the signal fires.
 */
export async function* looks(
  events: Events,
  topic: Topic,
  id: string | null,
  everyMs: number,
  signal: AbortSignal,
): AsyncGenerator<void> {
  const done = new AbortController();
  const stop = AbortSignal.any([signal, done.signal]);
  const hints = (await events.listen(topic, id, stop))[Symbol.asyncIterator]();
  let hint = hints.next();
  try {
    while (!stop.aborted) {
      yield;
      if (await hintOrPause(hint, everyMs, stop)) hint = hints.next();
    }
  } finally {
    done.abort();
  }
}

/** True when a hint came, false when the time was over or the signal fired. */
async function hintOrPause(hint: Promise<unknown>, ms: number, stop: AbortSignal): Promise<boolean> {
  let wake = () => {};
  const pause = new Promise<false>((resolve) => {
    wake = () => resolve(false);
  });
  const timer = setTimeout(wake, ms);
  stop.addEventListener('abort', wake, { once: true });
  try {
    return await Promise.race([hint.then(() => true), pause]);
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', wake);
  }
}
