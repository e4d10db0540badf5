import { withDeadline } from '@apployd/core/deadline';
import { looks } from '@apployd/backplane/events/looks';
import type { Edge } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';

/** An edge that was silent for so long is not waited for: it catches up before it serves again. */
const edgeIsLiveMs = 10_000;
const lookAgainMs = 200;

/** Resolves with the live edges once all of them have applied this version; null when they did not in time. */
export async function waitForEdges(
  engine: Engine,
  version: bigint,
  signal: AbortSignal,
): Promise<readonly Edge[] | null> {
  const stop = withDeadline(signal, engine.settings.routeTimeoutMs);
  for await (const _ of looks(engine.events, 'route', null, lookAgainMs, stop)) {
    const edges = await engine.db.edge.findMany({ where: { heartbeatAt: { gt: liveSince(engine) } } });
    if (edges.length > 0 && edges.every(({ appliedVersion }) => appliedVersion >= version)) return edges;
  }
  signal.throwIfAborted();
  return null;
}

function liveSince(engine: Engine): Date {
  return new Date(engine.clock.now().getTime() - edgeIsLiveMs);
}
