import type { Instance } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { removeInstance } from './remove-instance.js';

/** Dead is what runs by its row and not in truth, and what a look that was cut short left half-started or half-ended. */
export async function sortOut(engine: Engine, instances: readonly Instance[]) {
  const running: Instance[] = [];
  const dead: Instance[] = [];
  for (const instance of instances) {
    const { state } = await engine.runtime.inspect(instance.id);
    (instance.state === 'RUNNING' && state === 'running' ? running : dead).push(instance);
  }
  return { running, dead };
}

/** Ends what is left of it, and says in its row what became of it. */
export async function removeDead(engine: Engine, { id, state }: Instance): Promise<void> {
  if (state === 'STOPPING') return removeInstance(engine, id, engine.settings.stopGraceMs);
  const report = await engine.runtime.inspect(id);
  const end =
    report.state === 'ended'
      ? { exitCode: report.exitCode, reason: report.outOfMemory ? 'OUT_OF_MEMORY' : 'ENDED' }
      : { reason: 'LOST' };
  await removeInstance(engine, id, 0);
  await engine.db.instance.update({ where: { id }, data: { state: 'CRASHED', ...end } });
}
