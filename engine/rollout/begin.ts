import { transactAndTell } from '@apployd/backplane/events/transact-and-tell';
import type { RolloutSettings } from '@apployd/core/rollout';
import type { Transaction } from '@apployd/prisma/create-db';
import { endAsked, Overtaken, type Run } from '../deploy/run.js';
import { say } from '../deploy/say.js';
import { skip } from '../deploy/step.js';
import { isStillOurs } from '../deploy/still-ours.js';
import type { Engine } from '../engine.js';
import type { RunningInstance } from '../instance/start-release.js';
import { leadToLive } from '../route/lead-to-live.js';
import { appendRolloutEvent } from './append-rollout-event.js';
import { notUp, planRollout } from './plan.js';
import { rolloutGoesOn } from './goes-on.js';

/**
 * Gives the healthy instances their first share of the visitors, where the release is to have them step by step. Then it goes
 * on without a worker: see advance.ts. False when it is to have all of them at once.
 */
export async function beginRollout(engine: Engine, run: Run, instances: readonly RunningInstance[]): Promise<boolean> {
  const plan = await planRollout(engine, run);
  if (plan.settings === null) {
    if (plan.reason !== null) await sayWhyNot(engine, run, plan.reason);
    return false;
  }
  const { settings } = plan;
  try {
    const isBegun = await transactAndTell(engine, (tx) => begin(engine, tx, run, settings, instances));
    if (!isBegun) {
      await sayWhyNot(engine, run, notUp);
      return false;
    }
  } catch (error) {
    // A connection that breaks during the commit leaves open whether it happened.
    if (!(await rolloutGoesOn(engine, run.deployment.id).catch(() => false))) throw error;
  }
  tell(engine, run, settings);
  return true;
}

async function sayWhyNot(engine: Engine, run: Run, reason: string): Promise<void> {
  say(run, reason);
  await skip(engine, run, 'ROLLOUT', reason);
}

/** False when what is live is not to run any more by now, so that it cannot be compared with. */
async function begin(
  engine: Engine,
  tx: Transaction,
  run: Run,
  settings: RolloutSettings,
  instances: readonly RunningInstance[],
): Promise<boolean> {
  const { id, organizationId, environmentId } = run.deployment;
  const now = engine.clock.now();
  const [first] = settings.steps;
  if (!first) throw new Error('A rollout has at least one step.');
  await tx.$queryRaw`SELECT 1 FROM "Environment" WHERE "id" = ${environmentId}::uuid FOR NO KEY UPDATE`;
  if (!(await isStillOurs(tx, run))) throw new Overtaken(id);
  const asked = endAsked(await tx.deployment.findUniqueOrThrow({ where: { id } }));
  if (asked) throw asked;
  const environment = await tx.environment.findUniqueOrThrow({ where: { id: environmentId } });
  if (environment.desiredState !== 'RUNNING') return false;
  const { liveDeploymentId: formerId } = environment;
  const rollout = { deploymentId: id, organizationId, environmentId, formerId, settings, percent: first.percent };
  const nextAt = new Date(now.getTime() + first.minutes * 60_000);
  await tx.rollout.create({ data: { ...rollout, startedAt: now, nextAt } });
  const step = { deploymentId: id, organizationId, name: 'ROLLOUT', startedAt: now } as const;
  await tx.deploymentStep.createMany({ data: step, skipDuplicates: true });
  await tx.instance.updateMany({
    // One that has ended meanwhile stays so, and ends the rollout.
    where: { id: { in: instances.map((instance) => instance.id) }, state: { in: ['STARTING', 'RUNNING'] } },
    data: { state: 'RUNNING' },
  });
  await leadToLive(tx, environmentId);
  await appendRolloutEvent(tx, id, 'rollout.started');
  return true;
}

function tell(engine: Engine, run: Run, { steps }: RolloutSettings): void {
  const { id, environmentId, environment } = run.deployment;
  const schedule = steps.map(({ percent, minutes }) => `${percent} % for ${minutes} min`).join(', ');
  say(run, `Visitors come step by step: ${schedule}, then all of them`);
  engine.events.publish('route', environment.hostname);
  engine.events.publish('deployment', id);
  engine.events.publish('environment', environmentId);
}
