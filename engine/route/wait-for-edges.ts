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
    const edges = await edgesThatFollow(engine, version);
    if (edges) return edges;
  }
  signal.throwIfAborted();
  // After this process stood still the time is over before it could look, though the edges were quick.
  return edgesThatFollow(engine, version);
}

/** The live edges where all of them have applied this version; null where one has not, or there is none. */
async function edgesThatFollow(engine: Engine, version: bigint): Promise<readonly Edge[] | null> {
  const edges = await engine.db.edge.findMany({ where: { heartbeatAt: { gt: liveSince(engine) } } });
  return edges.length > 0 && edges.every(({ appliedVersion }) => appliedVersion >= version) ? edges : null;
}

function liveSince(engine: Engine): Date {
  return new Date(engine.clock.now().getTime() - edgeIsLiveMs);
}
