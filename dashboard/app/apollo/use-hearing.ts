import { useSyncExternalStore } from 'react';
import { type Hearing, socket } from './socket.js';

/** Whether the page hears the platform. */
export function useHearing(): Hearing {
  return useSyncExternalStore(
    (listener) => socket().onChange(listener),
    () => socket().hearing(),
    () => 'idle',
  );
}
