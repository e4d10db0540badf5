import type { DeploymentStageName, DeploymentStatus, WorkStage } from '@apployd/core/deployment';
import { withinDeadline } from '@apployd/core/deadline';
import { DeploymentFailure } from '@apployd/core/failure';
import type { Engine } from '../engine.js';
import { enter } from './enter.js';
import { outcomeOf, type Outcome } from './outcome.js';
import { Overtaken, type Run } from './run.js';
import { stageTimeout } from './stage-timeout.js';
import type { Room } from './room.js';

type Work<T> = (signal: AbortSignal) => Promise<T>;

type Begin = {
  /** The status that begins with the stage. */
  readonly entering?: DeploymentStatus;
  /** What the work needs first, once it has begun: its deadline begins after that. */
  readonly room?: Room;
  /** The work needs not wait until it is written down that it began: it is in nobody's way, were it overtaken. */
  readonly atOnce?: boolean;
};

/**
 * Does one stage's work within its deadline, and keeps when it began and ended, and with which result. Whoever was overtaken
 * keeps nothing, and stops.
 */
export async function step<T>(
  engine: Engine,
  run: Run,
  name: WorkStage,
  signal: AbortSignal,
  work: Work<T>,
  { entering, atOnce = false, room = (_engine, _run, _signal, inside) => inside() }: Begin = {},
): Promise<T> {
  const { id } = run.deployment;
  signal.throwIfAborted();
  const begun = begin(engine, run, name, entering);
  if (!atOnce) await begun;
  const result = await orNoted(engine, run, name, { begun, signal }, () =>
    room(engine, run, signal, () =>
      inTime(name, engine.settings.stageTimeoutsMs[name], signal, (stop) => withBegun(begun, stop, work)),
    ),
  );
  if ((await finish(engine, run, name, succeeded)) === 0) throw new Overtaken(id);
  engine.events.publish('deployment', id);
  return result;
}

/** Nothing of the work counts before it is written down that it began; what cannot be ends it. */
async function withBegun<T>(begun: Promise<void>, signal: AbortSignal, work: Work<T>): Promise<T> {
  const stop = new AbortController();
  begun.catch((error: unknown) => stop.abort(error));
  const done = work(AbortSignal.any([signal, stop.signal]));
  await Promise.allSettled([begun, done]);
  await begun;
  return done;
}

async function begin(engine: Engine, run: Run, name: WorkStage, entering?: DeploymentStatus): Promise<void> {
  if (entering) await enter(engine, run, entering);
  const { id } = run.deployment;
  if ((await noteBegun(engine, run, name)) === 0) throw new Overtaken(id);
  engine.events.publish('deployment', id);
}

function noteBegun({ db, clock }: Engine, { deployment, fence }: Run, name: WorkStage): Promise<number> {
  return db.$executeRaw`
    INSERT INTO "DeploymentStep" ("deploymentId", "organizationId", "name", "startedAt")
    SELECT "id", "organizationId", ${name}::"DeploymentStageName", ${clock.now()}
    FROM "Deployment" WHERE "id" = ${deployment.id}::uuid AND "fence" = ${fence}
      AND "status" IN ('QUEUED', 'BUILDING', 'DEPLOYING') FOR SHARE
    ON CONFLICT ("deploymentId", "name") DO UPDATE SET "startedAt" = excluded."startedAt", "finishedAt" = NULL,
      "result" = NULL, "reasonCode" = NULL, "reason" = NULL, "attempts" = "DeploymentStep"."attempts" + 1`;
}

/** A stage that has nothing to do, and why. One that was passed by an earlier attempt stays as it was. */
export async function skip(
  { db, clock }: Engine,
  { deployment }: Run,
  name: DeploymentStageName,
  reason: string,
): Promise<void> {
  const [now, { id: deploymentId, organizationId }] = [clock.now(), deployment];
  const times = { startedAt: now, finishedAt: now, attempts: 0 };
  const data = { deploymentId, organizationId, name, ...times, result: 'REUSED' as const, reason };
  await db.deploymentStep.createMany({ data, skipDuplicates: true });
}

const succeeded: Outcome = { result: 'SUCCEEDED', code: null, reason: null };

function finish(
  { db, clock }: Engine,
  { deployment, fence }: Run,
  name: WorkStage,
  { result, code, reason }: Outcome,
): Promise<number> {
  return db.$executeRaw`
    WITH claimed AS (
      SELECT "id" FROM "Deployment" WHERE "id" = ${deployment.id}::uuid AND "fence" = ${fence} FOR SHARE)
    UPDATE "DeploymentStep" AS step SET "finishedAt" = ${clock.now()}, "result" = ${result}::"DeploymentStageResult",
      "reasonCode" = ${code}, "reason" = ${reason}
    FROM claimed WHERE step."deploymentId" = claimed."id" AND step."name" = ${name}::"DeploymentStageName"`;
}

/** Keeps how work ended that did not succeed. What cannot be written now is, at the latest, with the deployment's end. */
async function orNoted<T>(
  engine: Engine,
  run: Run,
  name: WorkStage,
  { begun, signal }: { readonly begun: Promise<void>; readonly signal: AbortSignal },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // What could not even begin has not ended: its former try stays as it was, and why it could not is what counts.
    await begun;
    const outcome = outcomeOf(error, signal, run);
    if (outcome) {
      await finish(engine, run, name, outcome).catch((err: unknown) =>
        engine.log.warn({ err, deploymentId: run.deployment.id }, 'could not note how a stage ended'),
      );
    }
    throw error;
  }
}

/** At most so long is waited for work that is to end because it is late. */
const mostHeedMs = 10_000;

/** What does not heed its signal is not waited for: what it does later is found and taken back, as after a crash. */
function inTime<T>(name: WorkStage, ms: number, outer: AbortSignal, work: Work<T>): Promise<T> {
  const late = stageTimeout(name, ms);
  return withinDeadline(outer, ms, async (signal) => {
    const isLate = () => signal.aborted && !outer.aborted;
    try {
      return await Promise.race([work(signal), heed(signal, isLate, Math.min(ms, mostHeedMs))]);
    } catch (error) {
      throw isLate() && !(error instanceof DeploymentFailure) ? late : error;
    }
  });
}

/** Rejects some time after the deadline; never for another reason, such as a cancellation: that is over when nothing is left. */
function heed(signal: AbortSignal, isLate: () => boolean, ms: number): Promise<never> {
  return new Promise((_, reject) => {
    const rejectSoon = () => isLate() && setTimeout(() => reject(signal.reason as Error), ms).unref();
    signal.addEventListener('abort', rejectSoon, { once: true });
  });
}
