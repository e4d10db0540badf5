import { restorableHours } from '@apployd/core/project';
import { InvalidStateError, ValidationError } from '@apployd/core/refusal';
import { perform } from '../access/perform.js';
import type { Context } from '../context.js';
import { lockActiveEnvironment } from '../environment/require-active.js';
import { append } from './append.js';
import { lookUpVolume } from './look-up.js';

export type VolumeDeleteInput = {
  readonly volumeId: string;
  readonly confirmName: string;
  readonly idempotencyKey?: string | null;
};

/** What is started from now on is without it; it is erased with what is in it once it can be restored no more. */
export async function deleteVolume(context: Context, input: VolumeDeleteInput) {
  const { on, volumeId, name, actorId } = await lookUpVolume(context, input.volumeId);
  const act = { mutation: 'volumeDelete', action: 'volume:delete', on, input } as const;
  const made = await perform(context, act, async (tx) => {
    await lockActiveEnvironment(tx, on);
    if (input.confirmName !== name) {
      const message = "confirmName must be the volume's name, letter for letter.";
      throw new ValidationError([{ path: ['confirmName'], rule: 'MISMATCH', message }]);
    }
    const deletesAt = new Date(Date.now() + restorableHours * 60 * 60_000);
    const { count } = await tx.volume.updateMany({ where: { id: volumeId, deletesAt: null }, data: { deletesAt } });
    if (count === 0) {
      const message = 'This volume is being deleted already. volumeRestore brings it back.';
      throw new InvalidStateError(message, 'DELETING', ['ACTIVE']);
    }
    await append(tx, 'volume.deleted', { on, volumeId, name, actorId });
    const audit = {
      target: input.volumeId,
      before: { name, deletesAt: null },
      after: { deletesAt: deletesAt.toISOString() },
    };
    return { result: { volumeId }, audit };
  });
  context.events.publish('environment', on.environmentId);
  return made;
}
