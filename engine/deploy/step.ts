import type { WorkStage } from '@apployd/core/deployment';
import { withinDeadline } from '@apployd/core/deadline';
import { DeploymentFailure } from '@apployd/core/failure';
import type { Engine } from '../engine.js';
import { Overtaken, type Run } from './run.js';
import { stageTimeout } from './stage-timeout.js';

type Work<T> = (signal: AbortSignal) => Promise<T>;

/**
 * Does one stage's work within its deadline, and keeps when it began and ended. Whoever was overtaken keeps nothing, and
 * stops.
 */
export async function step<T>(
  engine: Engine,
  run: Run,
  name: WorkStage,
  signal: AbortSignal,
  work: Work<T>,
): Promise<T> {
  const { id } = run.deployment;
  signal.throwIfAborted();
  if ((await begin(engine, run, name)) === 0) throw new Overtaken(id);
  engine.events.publish('deployment', id);
  const result = await inTime(name, engine.settings.stageTimeoutsMs[name], signal, work);
  if ((await finish(engine, run, name)) === 0) throw new Overtaken(id);
  engine.events.publish('deployment', id);
  return result;
}

function begin({ db, clock }: Engine, { deployment, fence }: Run, name: WorkStage): Promise<number> {
  return db.$executeRaw`
    INSERT INTO "DeploymentStep" ("deploymentId", "organizationId", "name", "startedAt")
    SELECT "id", "organizationId", ${name}::"DeploymentStageName", ${clock.now()}
    FROM "Deployment" WHERE "id" = ${deployment.id}::uuid AND "fence" = ${fence} FOR SHARE
    ON CONFLICT ("deploymentId", "name") DO UPDATE SET "startedAt" = excluded."startedAt", "finishedAt" = NULL`;
}

function finish({ db, clock }: Engine, { deployment, fence }: Run, name: WorkStage): Promise<number> {
  return db.$executeRaw`
    WITH claimed AS (
      SELECT "id" FROM "Deployment" WHERE "id" = ${deployment.id}::uuid AND "fence" = ${fence} FOR SHARE)
    UPDATE "DeploymentStep" AS step SET "finishedAt" = ${clock.now()}
    FROM claimed WHERE step."deploymentId" = claimed."id" AND step."name" = ${name}::"DeploymentStageName"`;
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
