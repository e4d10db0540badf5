import { triggersWithoutBuild } from '@apployd/core/deployment';
import { readRolloutSettings, type RolloutSettings } from '@apployd/core/rollout';
import type { Engine } from '../engine.js';
import type { Run } from '../deploy/run.js';

/** By which steps a deployment is to have its visitors; or that it has all of them at once, and why where it was to be otherwise. */
export type RolloutPlan =
  | { readonly settings: RolloutSettings }
  | { readonly settings: null; readonly reason: string | null };

/** What brings a kept release back goes at once: it may be the repair. */
export async function planRollout({ db }: Engine, { deployment }: Run): Promise<RolloutPlan> {
  const environment = await db.environment.findUniqueOrThrow({
    where: { id: deployment.environmentId },
    select: {
      ...{ rollout: true, desiredState: true, observedState: true },
      liveDeployment: { select: { instances: { where: { state: 'RUNNING' }, select: { id: true } } } },
      volumes: { take: 1, select: { id: true } },
    },
  });
  const settings = readRolloutSettings(environment.rollout);
  const isKept = triggersWithoutBuild.includes(deployment.trigger);
  if (isKept) return { settings: null, reason: deployment.gradual === true ? mayBeRepair : null };
  if (!(deployment.gradual ?? settings.enabled)) return { settings: null, reason: null };
  if (environment.volumes.length > 0) return { settings: null, reason: oneAtATime };
  const { liveDeployment, desiredState, observedState } = environment;
  if (!liveDeployment) return { settings: null, reason: nothingLive };
  const isUp = desiredState === 'RUNNING' && observedState === 'RUNNING' && liveDeployment.instances.length > 0;
  return isUp ? { settings } : { settings: null, reason: notUp };
}

const mayBeRepair = 'What was built before goes at once, since it may be the repair: all visitors come at once.';
const oneAtATime = 'The environment has a volume, which only one release at a time may use: all visitors come at once.';
const nothingLive = 'Nothing is live that it could be compared with: all visitors come at once.';
export const notUp =
  'What is live does not run, so that there is nothing to compare it with: all visitors come at once.';
