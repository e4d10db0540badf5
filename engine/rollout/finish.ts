import { DeploymentFailure } from '@apployd/core/failure';
import type { Rollout } from '@apployd/prisma/generated/client/client';
import { goReady } from '../deploy/ready.js';
import { endAsked, type Run } from '../deploy/run.js';
import { say } from '../deploy/say.js';
import { switchVisitors } from '../deploy/switch-visitors.js';
import type { Engine } from '../engine.js';
import type { RunningInstance } from '../instance/start-release.js';

/**
 * Brings a rollout to its end: one that was promoted gets all visitors as any other release does, proven through the edge; one
 * that was aborted fails with the reason. Returns the deployment that was replaced.
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
  const { release } = run.deployment;
  if (!release) throw new Error('A rollout has a release.');
  say(run, `Promoted: ${rollout.sentence ?? ''} All visitors come now`);
  await endStep(engine, run);
  const instances = await running(engine, run);
  await switchVisitors(engine, run, release, instances, signal);
  return goReady(engine, run, instances);
}

function aborted({ sentence }: Rollout): DeploymentFailure {
  const advice = 'The former release has all visitors again. Repair what the figures show, and deploy again.';
  return new DeploymentFailure('ROLLOUT_ABORTED', 'ROLLOUT', `${sentence ?? 'The rollout was aborted.'} ${advice}`);
}

async function endStep({ db, clock }: Engine, { deployment }: Run): Promise<void> {
  await db.deploymentStep.updateMany({
    where: { deploymentId: deployment.id, name: 'ROLLOUT', finishedAt: null },
    data: { finishedAt: clock.now(), result: 'SUCCEEDED' },
  });
}

async function running({ db }: Engine, { deployment }: Run): Promise<readonly RunningInstance[]> {
  const rows = await db.instance.findMany({
    where: { deploymentId: deployment.id, state: 'RUNNING' },
    orderBy: { id: 'asc' },
  });
  return rows.flatMap((row) => {
    const { handle, host, port } = row;
    return handle !== null && host !== null && port !== null ? [{ ...row, handle, host, port }] : [];
  });
}
