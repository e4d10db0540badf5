import type { Instance } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { removeDead } from '../instance/sort-out.js';
import { decideRollout } from './decide.js';
import { goesOn } from './goes-on.js';

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

async function look(engine: Engine, instance: Instance): Promise<void> {
  const { state } = await engine.runtime.inspect(instance.id);
  if (state === 'running') return;
  await removeDead(engine, instance);
  const { exitCode, reason } = await engine.db.instance.findUniqueOrThrow({ where: { id: instance.id } });
  const how =
    reason === 'OUT_OF_MEMORY' ? ' for want of memory' : exitCode === null ? '' : ` with exit code ${exitCode}`;
  const sentence = `An instance of the new release ended${how}.`;
  await decideRollout(engine, instance, { verdict: 'ABORTED', reason: 'ENDED', sentence });
}
