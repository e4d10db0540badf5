import { DeploymentFailure } from '@apployd/core/failure';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Engine } from '../engine.js';
import { removeInstance } from '../instance/remove-instance.js';
import { abortWith, type OverAs } from '../rollout/abort-with.js';
import { leadToLive } from '../route/lead-to-live.js';
import { waitForEdges } from '../route/wait-for-edges.js';
import { causeOf } from './cause-of.js';
import { AskedToEnd, type Run } from './run.js';
import { isStillOurs } from './still-ours.js';
import type { Undo } from './undo.js';

/**
 * Notes how to take back all that a deployment does before it is live, this try or an earlier one that was cut short:
 * first visitors go back to what is live, then the new instances end.
 */
export function noteTakingBack(engine: Engine, run: Run, undo: Undo, signal: AbortSignal): void {
  undo((error) => takeBack(engine, run, causeOf(error, signal)));
}

/**
 * By a fault of ours nothing of a rollout ends that was promoted or goes on: its instances have visitors, and it cannot begin
 * anew. It has its share again, and a later try, or its schedule, goes on from there.
 */
export async function takeBack(engine: Engine, run: Run, cause: unknown): Promise<void> {
  const rollout = await sendVisitorsBack(engine, run, cause);
  if (rollout === 'OVERTAKEN' || rollout === 'KEPT') return;
  // Those of a rollout have visitors, who get their time.
  if (rollout === 'OVER') await engine.clock.sleep(engine.settings.drainMs);
  await endInstances(engine, run);
}

async function endInstances(engine: Engine, { deployment }: Run): Promise<void> {
  const started = await engine.db.instance.findMany({
    where: { deploymentId: deployment.id, state: { in: ['STARTING', 'RUNNING', 'STOPPING'] } },
    select: { id: true },
  });
  for (const { id } of started) await removeInstance(engine, id, engine.settings.stopGraceMs);
}

/** What is there of a rollout once visitors are back. Overtaken: somebody else says by now where they go. */
type Left = 'OVERTAKEN' | 'NONE' | 'OVER' | 'KEPT';

async function sendVisitorsBack(engine: Engine, run: Run, cause: unknown): Promise<Left> {
  const { environmentId, environment } = run.deployment;
  const { left, version } = await engine.db.$transaction(async (tx) => {
    if (!(await isStillOurs(tx, run))) return { left: 'OVERTAKEN', version: null } as const;
    const left = await settleRollout(tx, run, cause);
    return { left, version: await leadToLive(tx, environmentId) };
  });
  if (version === null) return left;
  engine.events.publish('route', environment.hostname);
  await waitForEdges(engine, version, new AbortController().signal);
  return left;
}

/** In the transaction that leads visitors back: as long as it is not over routes give it its share. */
async function settleRollout(tx: Transaction, { deployment, variables }: Run, cause: unknown): Promise<Left> {
  const over = overAs(cause, variables.mask);
  if (over) await abortWith(tx, deployment.id, over);
  const rollout = await tx.rollout.findUnique({ where: { deploymentId: deployment.id }, select: { verdict: true } });
  if (!rollout) return 'NONE';
  return rollout.verdict === 'ABORTED' ? 'OVER' : 'KEPT';
}

/** Null: the deployment does not end by it. */
function overAs(cause: unknown, mask: (text: string) => string): OverAs | null {
  if (cause instanceof AskedToEnd) return { status: cause.as };
  return cause instanceof DeploymentFailure ? { status: 'FAILED', sentence: mask(cause.message) } : null;
}
