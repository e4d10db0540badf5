import { backoffMs } from '@apployd/core/backoff';
import { systemClock, type Clock } from '@apployd/core/clock';
import type { Events } from '@apployd/backplane/events/events';
import { looks } from '@apployd/backplane/events/looks';
import type { Logger } from '@apployd/backplane/log/logger';
import type { EdgeRow, RouteStore } from './route-store.js';
import type { Routes } from './routes.js';

export type Following = {
  readonly routes: Routes;
  readonly store: RouteStore;
  readonly events: Events;
  readonly log: Logger;
  /** Who acknowledges. */
  readonly edge: Omit<EdgeRow, 'appliedVersion' | 'reportedAt'>;
  /** Writes down who had visitors. Done before the edge says that it is alive, and how far it has followed. */
  readonly report: () => Promise<void>;
  /** Told whenever routes changed. */
  readonly onApplied: (version: bigint) => void;
  readonly clock?: Clock;
};

const lookAgainMs = 1_000;
const heartbeatMs = 3_000;
/** Rows that were deleted are found this late. */
const sweepMs = 60_000;

/** The id of the hint on topic `route` that an edge has applied something. */
export const appliedHint = 'applied';

/**
 * Follows the route rows and acknowledges what is in force, as soon as it is: a deployment waits for it.
 * Goes on through any outage, until the signal; then takes this edge's row away.
 */
export async function followRoutes(following: Following, signal: AbortSignal): Promise<void> {
  const { events, store, edge, log, clock = systemClock } = following;
  const look = looker(following, clock);
  let failures = 0;
  for await (const _ of looks(events, 'route', null, lookAgainMs, signal)) {
    try {
      await look();
      if (failures > 0) log.info('the routes are followed again');
      failures = 0;
    } catch (error) {
      failures += 1;
      if (failures === 1) log.error({ err: error }, 'the routes cannot be followed; what is known is served');
      await clock.sleep(backoffMs(failures, 100, 5_000), signal).catch(() => undefined);
    }
  }
  await store.leave(edge.id).catch((error: unknown) => log.warn({ err: error }, 'the row of this edge stays behind'));
}

/** One look: apply, acknowledge what is new, and be seen alive. */
function looker({ routes, store, events, edge, onApplied, report }: Following, clock: Clock): () => Promise<void> {
  let sweptAt = -Infinity;
  let seenAt = -Infinity;
  let acknowledged: bigint | null = null;
  return async () => {
    const now = clock.now().getTime();
    const isSweep = now - sweptAt >= sweepMs;
    const before = routes.state().version;
    const appliedVersion = await (isSweep ? routes.sweep() : routes.catchUp());
    if (isSweep) sweptAt = now;
    if (isSweep || appliedVersion !== before) onApplied(appliedVersion);
    if (appliedVersion === acknowledged && now - seenAt < heartbeatMs) return;
    // Taken first: a request that ends while the report is under way is told of by the next one.
    const reportedAt = await store.now();
    await report();
    await store.acknowledge({ ...edge, appliedVersion, reportedAt });
    if (appliedVersion !== acknowledged) events.publish('route', appliedHint);
    acknowledged = appliedVersion;
    seenAt = now;
  };
}
