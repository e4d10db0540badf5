import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { activeStatuses } from '@apployd/core/deployment';
import type { Engine } from '../engine.js';
import { discardBuild } from '../deploy/discard-build.js';
import { found } from './found.js';

/** Removes what builds left behind whose worker was killed: their folder is still there, their deployment is over. */
export async function discardBuilds(engine: Engine): Promise<void> {
  const { workFolder } = engine.settings;
  const names = await readdir(workFolder).catch(() => []);
  const ids = names.filter((name) => /^[0-9a-f-]{36}$/.test(name));
  const rows = await engine.db.deployment.findMany({
    where: { id: { in: ids } },
    select: { id: true, trigger: true, status: true },
  });
  for (const id of ids) {
    const row = rows.find((one) => one.id === id);
    if (row && activeStatuses.includes(row.status)) continue;
    // What is READY stands on what it built; of what has no row only the folder is left.
    if (row && row.status !== 'READY') await discardBuild(engine, row);
    await rm(path.join(workFolder, id), { recursive: true, force: true });
    found(engine, 'build.left-over', { deploymentId: id });
  }
}
