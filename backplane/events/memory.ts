import type { Events } from './events.js';
import { fanOut } from './fan-out.js';

/** Hints within one process. */
export function memoryEvents(): Events {
  const hints = fanOut();
  return {
    publish: (topic, id) => queueMicrotask(() => hints.deliver(topic, id)),
    listen: async (topic, id, signal) => hints.listen(topic, id, signal),
    close: async () => hints.close(),
  };
}
