import type { Engine } from '../engine.js';
import { leadToLive } from '../route/lead-to-live.js';
import type { LiveEnvironment } from './live-environment.js';

type Ids = readonly { readonly id: string }[];

/**
 * The incoming instances take visitors, the outgoing ones no more: the route follows the rows. The route's new version,
 * or null when it leads there already. Rejects when meanwhile something else is live, or nothing is to run.
 */
export async function sendVisitors(
  engine: Engine,
  { environment, live }: LiveEnvironment,
  { incoming, outgoing }: { readonly incoming: Ids; readonly outgoing: Ids },
): Promise<bigint | null> {
  const version = await engine.db.$transaction(async (tx) => {
    const { count } = await tx.environment.updateMany({
      where: { id: environment.id, liveDeploymentId: live.id, desiredState: 'RUNNING' },
      data: { liveDeploymentId: live.id },
    });
    if (count === 0) throw new Error('Something else is to run here by now.');
    const of = (ids: Ids) => ({ id: { in: ids.map(({ id }) => id) }, state: { notIn: [...ended] } });
    await tx.instance.updateMany({ where: of(outgoing), data: { state: 'STOPPING' } });
    await tx.instance.updateMany({ where: of(incoming), data: { state: 'RUNNING' } });
    return leadToLive(tx, environment.id);
  });
  if (version !== null) engine.events.publish('route', environment.hostname);
  return version;
}

const ended = ['STOPPED', 'CRASHED'] as const;
