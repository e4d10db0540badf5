import { readdir } from 'node:fs/promises';
import type { Engine } from '../engine.js';
import { discardBuild } from '../deploy/discard-build.js';

/** Removes what builds left behind whose worker was killed: their folder is still there, their deployment is over. */
export async function discardBuilds(engine: Engine): Promise<void> {
  const names = await readdir(engine.settings.workFolder).catch(() => []);
  const ids = names.filter((name) => /^[0-9a-f-]{36}$/.test(name));
  const over = await engine.db.deployment.findMany({
    where: { id: { in: ids }, status: { in: ['FAILED', 'CANCELED', 'SUPERSEDED'] } },
    select: { id: true, trigger: true },
  });
  for (const deployment of over) await discardBuild(engine, deployment);
}
