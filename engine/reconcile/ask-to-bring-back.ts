import type { Engine } from '../engine.js';

/** Asks for environments whose live instance does not run. Each is brought back by a job of its own: none waits for another. */
export async function askToBringBack(engine: Engine): Promise<void> {
  const live = await engine.db.environment.findMany({
    where: { desiredState: 'RUNNING', liveDeployment: { serving: 'LIVE', serverId: engine.settings.serverId } },
    select: {
      id: true,
      liveDeployment: { select: { instances: { where: { state: 'RUNNING' }, select: { id: true } } } },
    },
  });
  for (const { id, liveDeployment } of live) {
    if (!(await runs(engine, liveDeployment?.instances ?? []))) await engine.jobs.ask('bring-back', id);
  }
}

/** When it cannot be told, the instance is left alone until the next look. */
async function runs(engine: Engine, instances: readonly { readonly id: string }[]): Promise<boolean> {
  try {
    const reports = await Promise.all(instances.map(({ id }) => engine.runtime.inspect(id)));
    return reports.some(({ state }) => state === 'running');
  } catch (err) {
    engine.log.warn({ err }, 'cannot tell whether an instance runs');
    return true;
  }
}
