import { withoutCrashes } from '@apployd/core/crash';
import { InvalidStateError } from '@apployd/core/refusal';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import { perform } from '../access/perform.js';
import { demandsOf } from '../allocation/demands.js';
import { lockPool } from '../allocation/pool.js';
import { requireFitOf, shareSlice } from '../allocation/share-slice.js';
import { refuseSuspended } from '../billing/refuse-suspended.js';
import type { Context } from '../context.js';
import { lockActive } from '../project/require-active.js';
import { wake } from '../wake.js';
import { lookUpEnvironment } from './look-up.js';
import { stoppedByHand } from './stopped-by-hand.js';

export type EnvironmentRestoreInput = { readonly environmentId: string; readonly idempotencyKey?: string | null };

/** Brings back an environment that waits for its erasing, and what was live in it, where the slice still has room. */
export async function restoreEnvironment(context: Context, input: EnvironmentRestoreInput) {
  const on = await lookUpEnvironment(context, input.environmentId);
  const { organizationId, projectId, environmentId } = on;
  const act = { mutation: 'environmentRestore', action: 'environment:restore', on, input } as const;
  const { isBack, ...made } = await perform(context, act, async (tx) => {
    const pool = await lockPool(tx, organizationId);
    await lockActive(tx, projectId);
    await refuseSuspended(tx, organizationId);
    const { deletesAt, was } = await lockDeleting(tx, environmentId);
    await revive(tx, environmentId, was);
    const shared = { ...pool, demands: await demandsOf(tx, organizationId) };
    requireFitOf(shared, projectId, environmentId);
    const resizes = await shareSlice(tx, shared, projectId);
    await append(tx, on);
    const audit = {
      target: input.environmentId,
      before: { deletesAt: deletesAt.toISOString() },
      after: { deletesAt: null },
    };
    return { result: { environmentId, resizes, isBack: was === 'RUNNING' }, audit };
  });
  context.events.publish('environment', environmentId);
  context.events.publish('project', projectId);
  if (isBack) await wake(context, 'bring-back', [environmentId]);
  await wake(
    context,
    'resize',
    made.resizes.map((resize) => resize.environmentId).filter((id) => id !== environmentId),
  );
  return made;
}

/** What it was before: nothing live, something that ran, or that somebody had stopped. */
type Was = 'EMPTY' | 'RUNNING' | 'STOPPED';
type Deleted = { readonly deletesAt: Date; readonly was: Was };

/** Judged by the database's clock, as the erasing is, with the row locked: one of the two has it. */
async function lockDeleting(tx: Transaction, id: string): Promise<Deleted> {
  const [row] = await tx.$queryRaw<{ deletesAt: Date | null; isOver: boolean | null; was: Was }[]>`
    SELECT "deletesAt", "deletesAt" <= clock_timestamp() AS "isOver", CASE
      WHEN "liveDeploymentId" IS NULL THEN 'EMPTY' WHEN "stoppedByHand" THEN 'STOPPED' ELSE 'RUNNING' END AS "was"
    FROM "Environment" WHERE "id" = ${id}::uuid FOR UPDATE`;
  if (!row?.deletesAt) throw new InvalidStateError('This environment is not deleted.', 'ACTIVE', ['DELETING']);
  if (row.isOver) {
    const message = 'The time to restore this environment is over: it is being erased.';
    throw new InvalidStateError(message, 'ERASING', ['DELETING']);
  }
  return { deletesAt: row.deletesAt, was: row.was };
}

const again = {
  EMPTY: { stateReason: null },
  RUNNING: { desiredState: 'RUNNING', stateReason: null, ...withoutCrashes },
  STOPPED: stoppedByHand,
} as const satisfies Record<Was, object>;

async function revive(tx: Transaction, id: string, was: Was): Promise<void> {
  const data = { deletesAt: null, ...again[was], version: { increment: 1 } };
  await tx.environment.update({ where: { id }, data });
}

type Target = Awaited<ReturnType<typeof lookUpEnvironment>>;

function append(tx: Transaction, { organizationId, projectId, environmentId, actorId }: Target) {
  const stream = { organizationId, streamId: projectId, kind: 'PROJECT' } as const;
  return appendEvent(tx, { ...stream, type: 'environment.restored', subjectId: environmentId, actorId });
}
