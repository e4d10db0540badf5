import { withoutCrashes } from '@apployd/core/crash';
import { InvalidStateError } from '@apployd/core/refusal';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import { perform } from '../access/perform.js';
import { demandsOf } from '../allocation/demands.js';
import { lockPool } from '../allocation/pool.js';
import { requireFitOf, shareSlice } from '../allocation/share-slice.js';
import type { Context } from '../context.js';
import { lockActive } from '../project/require-active.js';
import { wake } from '../wake.js';
import { lookUpEnvironment } from './look-up.js';

export type EnvironmentRestoreInput = { readonly environmentId: string; readonly idempotencyKey?: string | null };

/** Brings back an environment that waits for its erasing, and what was live in it, where the slice still has room. */
export async function restoreEnvironment(context: Context, input: EnvironmentRestoreInput) {
  const on = await lookUpEnvironment(context, input.environmentId);
  const { organizationId, projectId, environmentId } = on;
  const act = { mutation: 'environmentRestore', action: 'environment:restore', on, input } as const;
  const { isBack, ...made } = await perform(context, act, async (tx) => {
    const pool = await lockPool(tx, organizationId);
    await lockActive(tx, projectId);
    const { deletesAt, wasLive } = await lockDeleting(tx, environmentId);
    await revive(tx, environmentId, wasLive);
    const shared = { ...pool, demands: await demandsOf(tx, organizationId) };
    requireFitOf(shared, projectId, environmentId);
    const resizes = await shareSlice(tx, shared, projectId);
    await append(tx, on);
    const audit = {
      target: input.environmentId,
      before: { deletesAt: deletesAt.toISOString() },
      after: { deletesAt: null },
    };
    return { result: { environmentId, resizes, isBack: wasLive }, audit };
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

type Deleted = { readonly deletesAt: Date; readonly wasLive: boolean };

/** Judged by the database's clock, as the erasing is, with the row locked: one of the two has it. */
async function lockDeleting(tx: Transaction, id: string): Promise<Deleted> {
  const [row] = await tx.$queryRaw<{ deletesAt: Date | null; isOver: boolean | null; wasLive: boolean }[]>`
    SELECT "deletesAt", "deletesAt" <= clock_timestamp() AS "isOver", "liveDeploymentId" IS NOT NULL AS "wasLive"
    FROM "Environment" WHERE "id" = ${id}::uuid FOR UPDATE`;
  if (!row?.deletesAt) throw new InvalidStateError('This environment is not deleted.', 'ACTIVE', ['DELETING']);
  if (row.isOver) {
    const message = 'The time to restore this environment is over: it is being erased.';
    throw new InvalidStateError(message, 'ERASING', ['DELETING']);
  }
  return { deletesAt: row.deletesAt, wasLive: row.wasLive };
}

async function revive(tx: Transaction, id: string, wasLive: boolean): Promise<void> {
  const runs = wasLive ? ({ desiredState: 'RUNNING', ...withoutCrashes } as const) : {};
  const data = { deletesAt: null, stateReason: null, ...runs, version: { increment: 1 } };
  await tx.environment.update({ where: { id }, data });
}

type Target = Awaited<ReturnType<typeof lookUpEnvironment>>;

function append(tx: Transaction, { organizationId, projectId, environmentId, actorId }: Target) {
  const stream = { organizationId, streamId: projectId, kind: 'PROJECT' } as const;
  return appendEvent(tx, { ...stream, type: 'environment.restored', subjectId: environmentId, actorId });
}
