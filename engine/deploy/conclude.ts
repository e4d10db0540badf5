import { DeploymentFailure } from '@apployd/core/failure';
import type { Engine } from '../engine.js';
import { causeOf } from './cause-of.js';
import { discardBuild } from './discard-build.js';
import { enter } from './enter.js';
import { noteFailure, notedFailure } from './noted-failure.js';
import { AskedToEnd, Overtaken, type Run } from './run.js';
import { say } from './say.js';
import { maskedError } from '@apployd/backplane/log/masked-error';
import { mayTakeBack } from './still-ours.js';

/**
 * What becomes of a deployment whose work ended with an error: the customer's end it as FAILED, a wish as CANCELED or
 * SUPERSEDED, one that was overtaken is not touched. A fault of ours is thrown on, for the queue to try again.
 */
export async function conclude(engine: Engine, run: Run, error: unknown, signal: AbortSignal): Promise<void> {
  const cause = causeOf(error, signal);
  if (cause instanceof Overtaken) return;
  try {
    if (cause instanceof AskedToEnd) return await end(engine, run, cause);
    if (cause instanceof DeploymentFailure) return await fail(engine, run, cause);
  } catch (overtaken) {
    if (overtaken instanceof Overtaken) return;
    throw overtaken;
  }
  throw maskedError(cause, run.variables.mask);
}

/** Ends the deployment as FAILED, with the code, the sentence, the stage and the place in the log. */
export async function fail(engine: Engine, run: Run, failure: DeploymentFailure): Promise<void> {
  if (!notedFailure(run)) {
    say(run, `Failed: ${failure.message}`);
    await noteFailure(engine, run, failure, await run.log.flush().catch(() => null));
  }
  await leaveNothing(engine, run);
  await enter(engine, run, 'FAILED', { finishedAt: engine.clock.now() });
}

async function end(engine: Engine, run: Run, { as }: AskedToEnd): Promise<void> {
  say(run, lastWords[as]);
  await leaveNothing(engine, run);
  await enter(engine, run, as, { finishedAt: engine.clock.now() });
}

const lastWords = {
  CANCELED: 'Canceled',
  SUPERSEDED: 'Superseded: a newer deployment of this environment came',
} as const;

/** What cannot be removed now is found by reconcile: it must not keep the deployment from ending. */
async function leaveNothing(engine: Engine, run: Run): Promise<void> {
  if (!(await mayTakeBack(engine, run))) throw new Overtaken(run.deployment.id);
  await discardBuild(engine, run.deployment).catch((err: unknown) =>
    engine.log.error({ err, deploymentId: run.deployment.id }, 'could not remove what was built; reconcile will'),
  );
}
