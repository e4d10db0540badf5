import { serverIsSilentMs } from '@apployd/core/server';
import { activeStatuses } from '@apployd/core/deployment';
import {
  decide,
  figuresOf,
  readRolloutSettings,
  sidesOf,
  sidesSince,
  type RolloutDecision,
} from '@apployd/core/rollout';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { aliveSince } from './alive-since.js';
import { appendRolloutEvent } from './append-rollout-event.js';
import { changeRollout, decideRollout } from './decide.js';
import { goesOn } from './goes-on.js';
import { lostOf, withInstances } from './lost.js';
import { inPages } from './pages.js';

const include = { sides: true, deployment: { select: withInstances } } as const satisfies Prisma.RolloutInclude;
type Row = Prisma.RolloutGetPayload<{ include: typeof include }>;

/** Moves all rollouts on that are due, by schedule and rule, and has those worked on that are decided or are to end. */
export async function advanceRollouts(engine: Engine, signal: AbortSignal, most = 500): Promise<void> {
  for await (const { id } of decided(engine, most)) {
    if (signal.aborted) return;
    // Also those that the server was asked to end: it tells nobody whether a worker is at them.
    if (!(await engine.jobs.isAsked('deploy', id))) await engine.jobs.ask('deploy', id);
  }
  for await (const row of underWay(engine, most)) {
    if (signal.aborted) return;
    await advance(engine, row).catch((err: unknown) =>
      engine.log.error({ err, deploymentId: row.deploymentId }, 'could not move a rollout on; trying again later'),
    );
  }
}

/** Ids of the deployments. */
function decided({ db }: Engine, take: number): AsyncGenerator<{ id: string }> {
  const active = { in: [...activeStatuses] };
  return inPages(
    take,
    ({ id }) => id,
    (after) =>
      db.deployment.findMany({
        where: { id: { gt: after }, status: active, rollout: { isNot: null }, NOT: goesOn },
        ...{ orderBy: { id: 'asc' }, take, select: { id: true } },
      }),
  );
}

function underWay({ db }: Engine, take: number): AsyncGenerator<Row> {
  return inPages<Row>(
    take,
    ({ deploymentId }) => deploymentId,
    (after) =>
      db.rollout.findMany({
        where: { deploymentId: { gt: after }, deployment: goesOn },
        ...{ orderBy: { deploymentId: 'asc' }, take, include },
      }),
  );
}

async function advance(engine: Engine, row: Row): Promise<void> {
  const lost = lostOf(row.deployment);
  if (lost !== null) return decideRollout(engine, row, { verdict: 'ABORTED', reason: 'ENDED', sentence: lost });
  const settings = readRolloutSettings(row.settings);
  const { steps } = settings;
  const figures = { all: sidesOf(row.sides), ofStep: sidesSince(row.sides, row.stepSides) };
  const decision = decide({ ...row, steps }, settings, figures, engine.clock.now());
  if (decision.kind === 'STEP') return take(engine, row, decision, steps[decision.step]);
  if (decision.kind === 'ABORT')
    return decideRollout(engine, row, { verdict: 'ABORTED', reason: decision.reason, sentence: decision.sentence });
  if (decision.kind === 'PROMOTE' && (await isReached(engine, row)))
    return decideRollout(engine, row, { verdict: 'PROMOTED', reason: 'SCHEDULE', sentence: passed });
}

/** Whether the engines of all its instances live: without them it cannot go live. */
async function isReached({ db, clock }: Engine, { deploymentId }: Row): Promise<boolean> {
  const where = { deploymentId, isReleaseCommand: false, state: 'RUNNING' } as const;
  return (await db.instance.count({ where: { ...where, NOT: { server: aliveSince(clock, serverIsSilentMs) } } })) === 0;
}

const passed = 'All steps have passed.';

type Step = Extract<RolloutDecision, { kind: 'STEP' }>;

async function take(
  engine: Engine,
  row: Row,
  { step }: Step,
  next: { readonly percent: number; readonly minutes: number } | undefined,
): Promise<void> {
  if (!next) throw new Error(`A rollout has no step ${step}.`);
  const { deploymentId } = row;
  const nextAt = new Date(engine.clock.now().getTime() + next.minutes * 60_000);
  await changeRollout(
    engine,
    row,
    async (tx) => {
      // One that was slower than another engine finds the step taken, and tells nobody of it.
      const where = { deploymentId, step: row.step };
      const data = { step, percent: next.percent, nextAt, stepSides: figuresOf(row.sides) };
      const { count } = await tx.rollout.updateMany({ where, data });
      return count === 1;
    },
    (tx) => appendRolloutEvent(tx, deploymentId, 'rollout.stepped'),
  );
}
