import type { Events } from '@apployd/backplane/events/events';
import type { Logger } from '@apployd/backplane/log/logger';
import type { AskToWake } from './router/router.js';
import type { RouteStore } from './route-store.js';

/** Says in its row that an environment is to wake, and tells the engine to look. Asked for twice it is woken once. */
export function askToWake(store: Pick<RouteStore, 'wake'>, events: Pick<Events, 'publish'>, log: Logger): AskToWake {
  const asking = new Set<string>();
  return (environmentId) => {
    if (asking.has(environmentId)) return;
    asking.add(environmentId);
    void store
      .wake(environmentId)
      .then((isAsleep) => isAsleep && events.publish('environment', environmentId))
      .catch((error: unknown) => log.warn({ err: error, environmentId }, 'could not ask for a wake; asking again'))
      .finally(() => asking.delete(environmentId));
  };
}
