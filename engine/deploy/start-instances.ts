import type { Instance, Process, Release } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { newRows } from '../instance/new-rows.js';
import { removeInstance } from '../instance/remove-instance.js';
import { startRelease, type RunningInstance } from '../instance/start-release.js';
import { together } from '../instance/together.js';
import { requireSlice } from './require-slice.js';
import { Overtaken, type Run } from './run.js';
import { step } from './step.js';
import { isStillOurs } from './still-ours.js';
import type { Room } from './room.js';

/**
 * Starts as many instances of the release as are wanted. Of an earlier try those that it started are found again, and those
 * that it was ending are ended first: they are none of this one's.
 */
export async function startInstances(
  engine: Engine,
  run: Run,
  release: Release,
  signal: AbortSignal,
  room?: Room,
): Promise<readonly RunningInstance[]> {
  signal.throwIfAborted();
  await endHalfEnded(engine, run);
  const start = async (stop: AbortSignal) => {
    const process = await requireSlice(engine, run);
    const rows = await ensureRows(engine, run, process);
    const startOne = (row: Instance) => () => startRelease(engine, row, process, release, run.variables.all);
    return together(stop, rows.map(startOne));
  };
  return step(engine, run, 'START', signal, start, { room });
}

async function endHalfEnded(engine: Engine, { deployment }: Run): Promise<void> {
  const where = { deploymentId: deployment.id, state: 'STOPPING' } as const;
  const halfEnded = await engine.db.instance.findMany({ where, orderBy: { id: 'asc' }, select: { id: true } });
  for (const { id } of halfEnded) await removeInstance(engine, id, engine.settings.stopGraceMs);
}

/** What an earlier try started, and what is missing to it. A worker that was overtaken adds none. */
async function ensureRows(engine: Engine, run: Run, process: Process): Promise<readonly Instance[]> {
  const { id: deploymentId } = run.deployment;
  const started = await engine.db.instance.findMany({
    where: { deploymentId, processId: process.id, isReleaseCommand: false, state: { in: ['STARTING', 'RUNNING'] } },
    orderBy: { id: 'asc' },
  });
  const missing = process.desiredInstances - started.length;
  const added = await engine.db.$transaction(async (tx) => {
    if (!(await isStillOurs(tx, run))) throw new Overtaken(deploymentId);
    return newRows({ db: tx, settings: engine.settings }, run.deployment, process, missing);
  });
  return [...started, ...added];
}
