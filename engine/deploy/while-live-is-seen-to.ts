import { looks } from '@apployd/backplane/events/looks';
import type { Engine } from '../engine.js';
import { bringBackMeanwhile } from '../instance/bring-back.js';
import { DeploymentFirst } from '../instance/live-environment.js';
import { isOneAtATime } from '../volume/of-environment.js';
import type { Run } from './run.js';

/** Whoever finds the environment taken tells of what is lost: this is for when that is not heard. */
const lookAgainMs = 5_000;

/** Work of a deployment, while what is live is seen to or is not. */
export type Meanwhile = <T>(engine: Engine, run: Run, signal: AbortSignal, work: () => Promise<T>) => Promise<T>;

/** For what is live and was stopped for the deployment. */
export const whileLiveStands: Meanwhile = (_engine, _run, _signal, work) => work();

/**
 * Does work of a deployment that leaves alone what is live, such as a build, and sees to what is live meanwhile: crashes and
 * lost health are mended as without a deployment, by the one who has the environment. That has ended, and is at nothing any
 * more, before this resolves or rejects; the work fails by nothing of it.
 */
export const whileLiveIsSeenTo = seeing(async () => true);

/**
 * The same, until the environment gets a volume: what came back would have it, and so would the new release, which starts
 * beside what is live.
 */
export const whileLiveIsSeenToWithoutVolume = seeing(
  async ({ db }, { deployment }) => !(await isOneAtATime(db, deployment.environmentId)),
);

type MayComeBack = (engine: Engine, run: Run) => Promise<boolean>;

function seeing(mayComeBack: MayComeBack): Meanwhile {
  return async (engine, run, signal, work) => {
    const done = new AbortController();
    const seen = seeToLive(engine, run, AbortSignal.any([signal, done.signal]), mayComeBack);
    try {
      return await work();
    } finally {
      done.abort(new DeploymentFirst());
      await seen;
    }
  };
}

/** Until the signal fires. Never rejects: what cannot be seen to now is at the next look. */
async function seeToLive(engine: Engine, run: Run, until: AbortSignal, mayComeBack: MayComeBack): Promise<void> {
  const { environmentId, environment } = run.deployment;
  // Nothing can become live there but this very deployment.
  if (environment.liveDeploymentId === null) return;
  const report = (err: unknown) => {
    if (!until.aborted) engine.log.warn({ err, environmentId }, 'could not see to what is live; trying again later');
  };
  try {
    await engine.clock.sleep(engine.settings.seenToAfterMs, until);
    for await (const _ of looks(engine.events, 'environment', environmentId, lookAgainMs, until)) {
      const look = async () => {
        if (await mayComeBack(engine, run)) await bringBackMeanwhile(engine, environmentId, until);
      };
      await look().catch(report);
    }
  } catch (err) {
    report(err);
  }
}
