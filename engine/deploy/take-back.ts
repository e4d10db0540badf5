import type { Engine } from '../engine.js';
import { removeInstance } from '../instance/remove-instance.js';
import { leadToLive } from '../route/lead-to-live.js';
import { waitForEdges } from '../route/wait-for-edges.js';
import type { Run } from './run.js';
import { isStillOurs } from './still-ours.js';
import type { Undo } from './undo.js';

/**
 * Notes how to take back all that a deployment does before it is live, this try or an earlier one that was cut short:
 * first visitors go back to what is live, then the new instances end.
 */
export function noteTakingBack(engine: Engine, run: Run, undo: Undo): void {
  undo(() => takeBack(engine, run));
}

export async function takeBack(engine: Engine, run: Run): Promise<void> {
  await sendVisitorsBack(engine, run);
  // Those of a rollout have visitors, who get their time.
  if (run.deployment.rollout) await engine.clock.sleep(engine.settings.drainMs);
  await endInstances(engine, run);
}

async function endInstances(engine: Engine, { deployment }: Run): Promise<void> {
  const started = await engine.db.instance.findMany({
    where: { deploymentId: deployment.id, state: { in: ['STARTING', 'RUNNING', 'STOPPING'] } },
    select: { id: true },
  });
  for (const { id } of started) await removeInstance(engine, id, engine.settings.stopGraceMs);
}

async function sendVisitorsBack(engine: Engine, run: Run): Promise<void> {
  const { environmentId, environment } = run.deployment;
  const version = await engine.db.$transaction(async (tx) =>
    (await isStillOurs(tx, run)) ? leadToLive(tx, environmentId) : null,
  );
  if (version === null) return;
  engine.events.publish('route', environment.hostname);
  await waitForEdges(engine, version, new AbortController().signal);
}
