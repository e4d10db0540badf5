import type { TrafficSample } from './router/router.js';
import type { RouteStore } from './route-store.js';

/** Who had visitors, or has some at this moment. */
export type Activity = {
  /** Remembers who is served, for the next report. */
  look(): Promise<void>;
  /** Tells of all since the last one, until now. Once it resolves that is written: an edge says that it is alive afterwards. */
  report(): Promise<void>;
};

export function activity(look: () => Promise<readonly TrafficSample[]>, store: Pick<RouteStore, 'active'>): Activity {
  let active = new Set<string>();
  const remember = async () => {
    for (const { environmentId } of await look()) active.add(environmentId);
  };
  return {
    look: remember,
    report: async () => {
      await remember();
      const told = active;
      active = new Set();
      try {
        if (told.size > 0) await store.active([...told]);
      } catch (error) {
        active = new Set([...told, ...active]);
        throw error;
      }
    },
  };
}
