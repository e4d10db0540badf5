import type { Instance, Process, Release } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { newRows } from '../instance/new-rows.js';
import { startRelease, type RunningInstance } from '../instance/start-release.js';
import { together } from '../instance/together.js';
import { requireSlice } from './require-slice.js';
import { Overtaken, type Run } from './run.js';
import { step } from './step.js';
import { isStillOurs } from './still-ours.js';

/** Starts as many instances of the release as are wanted; those that an earlier try started are found again. */
export function startInstances(
  engine: Engine,
  run: Run,
  release: Release,
  signal: AbortSignal,
): Promise<readonly RunningInstance[]> {
  return step(engine, run, 'START', signal, async (stop) => {
    const process = await requireSlice(engine, run);
    const rows = await ensureRows(engine, run, process);
    const start = (row: Instance) => () => startRelease(engine, row, process, release, run.variables.all);
    return together(stop, rows.map(start));
  });
}

/** A worker that was overtaken adds none. */
async function ensureRows(engine: Engine, run: Run, process: Process): Promise<Instance[]> {
  const { deployment } = run;
  const found = await engine.db.instance.findMany({
    where: {
      deploymentId: deployment.id,
      processId: process.id,
      isReleaseCommand: false,
      state: { in: ['STARTING', 'RUNNING'] },
    },
    orderBy: { id: 'asc' },
  });
  const missing = process.desiredInstances - found.length;
  const added = await engine.db.$transaction(async (tx) => {
    if (!(await isStillOurs(tx, run))) throw new Overtaken(deployment.id);
    return newRows({ db: tx, settings: engine.settings }, deployment, process, missing);
  });
  return [...found, ...added];
}
