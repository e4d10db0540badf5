import type { TrafficSample } from './router/router.js';
import type { RouteStore } from './route-store.js';

/**
 * Tells of environments that had visitors since the last time, or have some at this moment. Once it resolves that is
 * written: an edge says that it is alive afterwards.
 */
export function reportActivity(
  look: () => Promise<readonly TrafficSample[]>,
  store: Pick<RouteStore, 'active'>,
): () => Promise<void> {
  const active = new Set<string>();
  return async () => {
    for (const { environmentId } of await look()) active.add(environmentId);
    const told = [...active];
    if (told.length > 0) await store.active(told);
    for (const each of told) active.delete(each);
  };
}
