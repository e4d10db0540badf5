import { activeStatuses } from '@apployd/core/deployment';
import { decide, readRolloutSettings, sidesOf, type RolloutDecision } from '@apployd/core/rollout';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { appendRolloutEvent } from './append-rollout-event.js';
import { changeRollout, decideRollout } from './decide.js';
import { goesOn } from './goes-on.js';

const most = 500;
const include = { sides: true } as const satisfies Prisma.RolloutInclude;
type Row = Prisma.RolloutGetPayload<{ include: typeof include }>;

/** Moves all rollouts on that are due, by schedule and rule, and has those worked on that are decided or are to end. */
export async function advanceRollouts(engine: Engine, signal: AbortSignal): Promise<void> {
  await askForDecided(engine);
  const rows = await engine.db.rollout.findMany({ where: { deployment: goesOn }, include, take: most });
  for (const row of rows) {
    if (signal.aborted) return;
    await advance(engine, row).catch((err: unknown) =>
      engine.log.error({ err, deploymentId: row.deploymentId }, 'could not move a rollout on; trying again later'),
    );
  }
}

/** Also those that the server was asked to end: it tells nobody whether a worker is at them. */
async function askForDecided({ db, jobs }: Engine): Promise<void> {
  const decided = await db.deployment.findMany({
    where: { status: { in: [...activeStatuses] }, rollout: { isNot: null }, NOT: goesOn },
    select: { id: true },
    take: most,
  });
  for (const { id } of decided) if (!(await jobs.isAsked('deploy', id))) await jobs.ask('deploy', id);
}

async function advance(engine: Engine, row: Row): Promise<void> {
  const settings = readRolloutSettings(row.settings);
  const { steps } = settings;
  const decision = decide({ ...row, steps }, settings, sidesOf(row.sides), engine.clock.now());
  if (decision.kind === 'STEP') return take(engine, row, decision, steps[decision.step]);
  if (decision.kind === 'ABORT')
    return decideRollout(engine, row, { verdict: 'ABORTED', reason: decision.reason, sentence: decision.sentence });
  if (decision.kind === 'PROMOTE')
    return decideRollout(engine, row, { verdict: 'PROMOTED', reason: 'SCHEDULE', sentence: passed });
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
      // One that was slower than another engine finds the step taken.
      const where = { deploymentId, step: row.step };
      await tx.rollout.updateMany({ where, data: { step, percent: next.percent, nextAt } });
    },
    (tx) => appendRolloutEvent(tx, deploymentId, 'rollout.stepped'),
  );
}
