import type { WorkStage } from '@apployd/core/deployment';
import { withinDeadline } from '@apployd/core/deadline';
import { DeploymentFailure } from '@apployd/core/failure';
import type { Engine } from '../engine.js';
import type { Run } from './run.js';
import { stageTimeout } from './stage-timeout.js';

type Work<T> = (signal: AbortSignal) => Promise<T>;

/** Does one stage's work within its deadline, and keeps when it began and ended. */
export async function step<T>(
  engine: Engine,
  run: Run,
  name: WorkStage,
  signal: AbortSignal,
  work: Work<T>,
): Promise<T> {
  const { id: deploymentId, organizationId } = run.deployment;
  const where = { deploymentId_name: { deploymentId, name } };
  signal.throwIfAborted();
  await engine.db.deploymentStep.upsert({
    where,
    create: { deploymentId, organizationId, name, startedAt: engine.clock.now() },
    update: { startedAt: engine.clock.now(), finishedAt: null },
  });
  engine.events.publish('deployment', deploymentId);
  const result = await inTime(name, engine.settings.stageTimeoutsMs[name], signal, work);
  await engine.db.deploymentStep.update({ where, data: { finishedAt: engine.clock.now() } });
  engine.events.publish('deployment', deploymentId);
  return result;
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
