import type { Engine } from '../engine.js';
import { found } from './found.js';

/** Asks for environments that are to run no more, and in which something of what is live still does. */
export async function askToStop(engine: Engine): Promise<void> {
  const { serverId } = engine.settings;
  const left = { serverId, state: { notIn: [...ended] }, deployment: { serving: 'LIVE' as const } };
  const environments = await engine.db.environment.findMany({
    where: { desiredState: 'STOPPED', OR: [{ instances: { some: left } }, { observedState: { not: 'STOPPED' } }] },
    select: { id: true },
  });
  for (const { id } of environments) {
    if (await engine.jobs.isAsked('stop', id)) continue;
    await engine.jobs.ask('stop', id);
    found(engine, 'environment.not-stopped', { environmentId: id });
  }
}

const ended = ['STOPPED', 'CRASHED'] as const;
