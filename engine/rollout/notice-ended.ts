import type { Instance } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { decideRollout } from './decide.js';
import { goesOn } from './goes-on.js';
import { endOf, howEnded } from './lost.js';

/** Aborts rollouts of which an instance on this server has ended: a new release that ends is none to be brought further. */
export async function noticeEnded(engine: Engine, signal: AbortSignal): Promise<void> {
  const instances = await engine.db.instance.findMany({
    where: { serverId: engine.settings.serverId, state: 'RUNNING', deployment: goesOn },
  });
  for (const instance of instances) {
    if (signal.aborted) return;
    await look(engine, instance).catch((err: unknown) =>
      engine.log.warn({ err, instanceId: instance.id }, 'cannot tell whether an instance of a rollout runs'),
    );
  }
}

/** Who takes the rollout back removes what is left of it: a rollout without instances must not go on for a moment. */
async function look(engine: Engine, instance: Instance): Promise<void> {
  const report = await engine.runtime.inspect(instance.id);
  if (report.state === 'running') return;
  const end = endOf(report);
  await engine.db.instance.updateMany({ where: { id: instance.id, state: 'RUNNING' }, data: end });
  await decideRollout(engine, instance, { verdict: 'ABORTED', reason: 'ENDED', sentence: howEnded(end) });
}
