import { DeploymentFailure } from '@apployd/core/failure';
import type { RolloutReason } from '@apployd/core/rollout';
import { projectSettings } from '@apployd/core/settings';
import type { Release, Rollout } from '@apployd/prisma/generated/client/client';
import { goReady } from '../deploy/ready.js';
import { endAsked, type Run } from '../deploy/run.js';
import { say } from '../deploy/say.js';
import { switchVisitors } from '../deploy/switch-visitors.js';
import type { Engine } from '../engine.js';
import type { RunningInstance } from '../instance/start-release.js';
import { together } from '../instance/together.js';
import { waitUntilHealthy } from '../instance/wait-until-healthy.js';
import { endOf, howEnded, lostOf, withInstances } from './lost.js';
import { startMissing } from './start-missing.js';

/**
 * Brings a rollout to its end: one that was promoted gets all visitors as any other release does, proven through the edge; one
 * that was aborted fails with the reason. Returns the deployment that was replaced. Nothing happens to one that is not decided.
 */
export async function finishRollout(
  engine: Engine,
  run: Run,
  rollout: Rollout,
  signal: AbortSignal,
): Promise<string | null> {
  const asked = endAsked(run.deployment);
  if (asked) throw asked;
  if (rollout.verdict === 'ABORTED') throw aborted(rollout);
  if (rollout.verdict !== 'PROMOTED') return null;
  const { release } = run.deployment;
  if (!release) throw new Error('A rollout has a release.');
  const instances = await startMissing(engine, run, release, await allOf(engine, run), signal);
  await areHealthy(engine, run, release, instances, signal);
  say(run, `Promoted: ${rollout.sentence ?? ''} All visitors come now`);
  await endStep(engine, run);
  await switchVisitors(engine, run, release, instances, signal);
  return goReady(engine, run, instances);
}

function aborted({ sentence, reason }: Rollout): DeploymentFailure {
  return abortedBy(sentence ?? 'The rollout was aborted.', reason);
}

function abortedBy(sentence: string, reason: string | null): DeploymentFailure {
  return new DeploymentFailure('ROLLOUT_ABORTED', 'ROLLOUT', `${sentence}${adviceOf(reason)}`);
}

/** What is to be done, as a sentence that follows the one that says why. What failed otherwise says so itself. */
function adviceOf(reason: string | null): string {
  if (reason === 'FAILED') return '';
  if (reason === 'NOT_RUNNING')
    return ' Start the environment, or wake it, and deploy again; without that all visitors come at once.';
  const isBroken = reason === 'ENDED' || reason === 'UNHEALTHY';
  const repair = isBroken ? 'Look at what the new release printed last, repair it,' : 'Repair what the figures show,';
  return ` The former release has all visitors again. ${repair} and deploy again.`;
}

async function endStep({ db, clock }: Engine, { deployment }: Run): Promise<void> {
  await db.deploymentStep.updateMany({
    where: { deploymentId: deployment.id, name: 'ROLLOUT', finishedAt: null },
    data: { finishedAt: clock.now(), result: 'SUCCEEDED' },
  });
}

/** Its instances, every one of which runs by its row and in truth: with fewer than it was judged by it has not all visitors. */
async function allOf({ db, runtime }: Engine, { deployment }: Run): Promise<readonly RunningInstance[]> {
  const row = await db.deployment.findUniqueOrThrow({ where: { id: deployment.id }, select: withInstances });
  const lost = lostOf(row);
  if (lost !== null) throw ended(lost);
  const instances = row.instances.flatMap((instance) => {
    const { handle, host, port, state } = instance;
    const isReached = handle !== null && host !== null && port !== null;
    return isReached && state === 'RUNNING' ? [{ ...instance, handle, host, port }] : [];
  });
  const reports = await Promise.all(instances.map(({ id }) => runtime.inspect(id)));
  const dead = reports.find(({ state }) => state !== 'running');
  if (dead) throw ended(howEnded(endOf(dead)));
  return instances;
}

const ended = (sentence: string) => abortedBy(sentence, 'ENDED' satisfies RolloutReason);

/** Some time may lie between the last look at them and now. */
async function areHealthy(
  engine: Engine,
  { deployment }: Run,
  release: Release,
  instances: readonly RunningInstance[],
  signal: AbortSignal,
): Promise<void> {
  const settings = projectSettings.parse(release.settings);
  const { hostname } = deployment.environment;
  const becomes = (instance: RunningInstance) => (either: AbortSignal) =>
    waitUntilHealthy(engine, instance, settings, hostname, either);
  await together(signal, instances.map(becomes));
}
