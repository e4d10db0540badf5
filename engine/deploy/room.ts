import type { WorkStage } from '@apployd/core/deployment';
import { DeploymentFailure } from '@apployd/core/failure';
import { describeBytes } from '@apployd/core/resources';
import type { Engine } from '../engine.js';
import { NoRoom } from '../reservation/no-room.js';
import type { Taken } from '../reservation/reservation.js';
import type { Share } from '../reservation/share.js';
import type { Usage } from '../reservation/usage.js';
import type { Run } from './run.js';
import { say } from './say.js';
import type { Meanwhile } from './while-live-is-seen-to.js';

/** Has work wait until the server has memory for it. */
export type Room = <T>(engine: Engine, run: Run, signal: AbortSignal, work: () => Promise<T>) => Promise<T>;

export const roomToBuild = roomFor('BUILD', ({ settings: { buildMemoryBytes: memoryBytes } }) => ({
  kind: 'build',
  memoryBytes,
}));

/** For one instance, for a while, beside those that serve. */
export const roomForOne = roomFor(
  'RELEASE',
  beside(({ instanceBytes }) => instanceBytes),
);

/**
 * For all that are wanted of the new release, beside the former one: had from when they start until `work` is over. What it
 * does while it waits is given.
 */
export async function besideFormer<T>(meanwhile: Meanwhile, work: (room: Room) => Promise<T>): Promise<T> {
  const had: Taken[] = [];
  const all = beside(({ wantedBytes }) => wantedBytes);
  try {
    return await work(async (engine, run, signal, start) => {
      had.push(await meanwhile(engine, run, signal, () => take(engine, run, 'START', all, signal)));
      return start();
    });
  } finally {
    for (const taken of had) taken.letGo();
  }
}

type ShareOf = (engine: Engine, run: Run) => Share;

/** The pool has the larger of both: where there is no former release, nothing is needed besides. */
function beside(wanted: (usage: Usage) => number): ShareOf {
  const bytes = (usage: Usage) => Math.min(usage.formerBytes, wanted(usage));
  return (_, { deployment: { id: deploymentId, environmentId } }) => ({
    ...{ kind: 'beside', environmentId, deploymentId, bytes },
  });
}

function roomFor(stage: WorkStage, shareOf: ShareOf): Room {
  return async (engine, run, signal, work) => {
    const taken = await take(engine, run, stage, shareOf, signal);
    try {
      return await work();
    } finally {
      taken.letGo();
    }
  };
}

async function take(engine: Engine, run: Run, stage: WorkStage, shareOf: ShareOf, signal: AbortSignal): Promise<Taken> {
  const { reservation } = engine;
  const kept = `${describeBytes(reservation.totalBytes)} that the server keeps for builds and for releases beside their former ones`;
  const onWait = () => say(run, `Waiting for memory: others have of the ${kept}`);
  try {
    return await reservation.take({ ...shareOf(engine, run), onWait }, signal);
  } catch (error) {
    throw error instanceof NoRoom ? full(stage, error) : error;
  }
}

function full(stage: WorkStage, { message }: NoRoom): DeploymentFailure {
  const advice = 'What runs goes on. Deploy again later, and tell the operator when it lasts.';
  return new DeploymentFailure('SERVER_FULL', stage, `${message} ${advice}`);
}
