import type { Topic } from '@apployd/core/topic';
import { anyId } from './events.js';

/** Hands the hints of one process to its listeners. */
export type FanOut = {
  deliver(topic: Topic, id: string): void;
  /** Hints may have been lost: everyone looks once. */
  wakeAll(): void;
  /** Hears from now on, not only from the first iteration. */
  listen(topic: Topic, id: string | null, signal: AbortSignal): AsyncIterable<string>;
  close(): void;
};

type Listener = { readonly id: string | null; readonly pending: Set<string>; wake: () => void; ended: boolean };

/** Beyond so many ids that were not taken yet, a listener is told `anyId` instead. */
const mostPending = 1_000;

export function fanOut(): FanOut {
  const listeners = new Map<string, Set<Listener>>();

  /** Takes part until the function that is returned is called, or the signal fires. */
  function join(key: string, listener: Listener, signal: AbortSignal): () => void {
    const group = listeners.get(key) ?? new Set<Listener>();
    listeners.set(key, group.add(listener));
    const leave = () => {
      listener.ended = true;
      group.delete(listener);
      if (group.size === 0 && listeners.get(key) === group) listeners.delete(key);
      signal.removeEventListener('abort', leave);
      listener.wake();
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    return leave;
  }

  return {
    deliver(topic, id) {
      for (const listener of listeners.get(keyOf(topic, id)) ?? []) hint(listener, id);
      for (const listener of listeners.get(keyOf(topic, null)) ?? []) hint(listener, id);
    },
    wakeAll() {
      for (const group of listeners.values()) for (const listener of group) hint(listener, listener.id ?? anyId);
    },
    listen(topic, id, signal) {
      const listener: Listener = { id, pending: new Set(), wake: () => undefined, ended: false };
      return hintsOf(listener, join(keyOf(topic, id), listener, signal));
    },
    close() {
      for (const group of listeners.values()) {
        for (const listener of group) {
          listener.ended = true;
          listener.wake();
        }
      }
      listeners.clear();
    },
  };
}

function keyOf(topic: Topic, id: string | null): string {
  return id === null ? topic : `${topic} ${id}`;
}

function hint(listener: Listener, id: string): void {
  if (listener.pending.size >= mostPending) {
    listener.pending.clear();
    listener.pending.add(anyId);
  }
  if (!listener.pending.has(anyId)) listener.pending.add(id);
  listener.wake();
}

async function* hintsOf(listener: Listener, leave: () => void): AsyncGenerator<string, void, void> {
  try {
    while (!listener.ended) {
      const [id] = listener.pending;
      if (id === undefined) await new Promise<void>((resolve) => (listener.wake = resolve));
      else if (listener.pending.delete(id)) yield id;
    }
  } finally {
    leave();
  }
}
