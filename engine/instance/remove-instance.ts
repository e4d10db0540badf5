import type { Engine } from '../engine.js';

/** Ends an instance and all it started, and says so in its row. Removing what is gone is not an error. */
export async function removeInstance(engine: Engine, instanceId: string, graceMs: number): Promise<void> {
  await engine.db.instance.updateMany({
    where: { id: instanceId, state: { notIn: ['STOPPED', 'CRASHED'] } },
    data: { state: 'STOPPING' },
  });
  await engine.runtime.stop(instanceId, graceMs);
  await engine.db.instance.updateMany({
    where: { id: instanceId, state: 'STOPPING' },
    data: { state: 'STOPPED', stoppedAt: engine.clock.now() },
  });
}
