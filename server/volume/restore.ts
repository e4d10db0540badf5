import { InvalidStateError } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';
import { perform } from '../access/perform.js';
import type { Context } from '../context.js';
import { lockActiveEnvironment } from '../environment/require-active.js';
import { append } from './append.js';
import { lookUpVolume } from './look-up.js';
import { requirePlace } from './require-place.js';

export type VolumeRestoreInput = { readonly volumeId: string; readonly idempotencyKey?: string | null };

/** Brings back a volume that waits for its erasing, with all that is in it. */
export async function restoreVolume(context: Context, input: VolumeRestoreInput) {
  const { on, volumeId, name, actorId } = await lookUpVolume(context, input.volumeId);
  const act = { mutation: 'volumeRestore', action: 'volume:restore', on, input } as const;
  const made = await perform(context, act, async (tx) => {
    await lockActiveEnvironment(tx, on);
    const { deletesAt, mountPath } = await lockDeleting(tx, volumeId);
    await requirePlace(tx, on.environmentId, mountPath);
    await tx.volume.update({ where: { id: volumeId }, data: { deletesAt: null } });
    await append(tx, 'volume.restored', { on, volumeId, name, actorId });
    const audit = {
      target: input.volumeId,
      before: { deletesAt: deletesAt.toISOString() },
      after: { deletesAt: null },
    };
    return { result: { volumeId }, audit };
  });
  context.events.publish('environment', on.environmentId);
  return made;
}

type Deleted = { readonly deletesAt: Date; readonly mountPath: string };

/** Judged by the database's clock, as the erasing is, with the row locked: one of the two has it. */
async function lockDeleting(tx: Transaction, id: string): Promise<Deleted> {
  const [row] = await tx.$queryRaw<{ deletesAt: Date | null; isOver: boolean | null; mountPath: string }[]>`
    SELECT "deletesAt", "deletesAt" <= clock_timestamp() AS "isOver", "mountPath"
    FROM "Volume" WHERE "id" = ${id}::uuid FOR UPDATE`;
  if (!row?.deletesAt) throw new InvalidStateError('This volume is not deleted.', 'ACTIVE', ['DELETING']);
  if (row.isOver) {
    throw new InvalidStateError('The time to restore this volume is over: it is being erased.', 'ERASING', [
      'DELETING',
    ]);
  }
  return { deletesAt: row.deletesAt, mountPath: row.mountPath };
}
