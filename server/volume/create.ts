import { newId, publicId } from '@apployd/core/id';
import { ConflictError, PlanLimitError } from '@apployd/core/refusal';
import { mostVolumes, mountPathProblem, volumeNameProblem } from '@apployd/core/volume';
import type { Transaction } from '@apployd/prisma/create-db';
import { perform } from '../access/perform.js';
import type { Context } from '../context.js';
import { lookUpEnvironment } from '../environment/look-up.js';
import { lockActiveEnvironment } from '../environment/require-active.js';
import { checkInput, formatIssue } from '../validation.js';
import { append } from './append.js';
import { requirePlace } from './require-place.js';

export type VolumeCreateInput = {
  readonly environmentId: string;
  readonly name: string;
  readonly mountPath: string;
  readonly idempotencyKey?: string | null;
};

/** A directory that outlives releases. What is started from now on has it. */
export async function createVolume(context: Context, input: VolumeCreateInput) {
  const { name, mountPath } = input;
  checkInput([
    ...formatIssue(['name'], volumeNameProblem(name)),
    ...formatIssue(['mountPath'], mountPathProblem(mountPath)),
  ]);
  const { actorId, ...on } = await lookUpEnvironment(context, input.environmentId);
  const act = { mutation: 'volumeCreate', action: 'volume:create', on, input } as const;
  const made = await perform(context, act, async (tx) => {
    await lockActiveEnvironment(tx, on);
    await requireRoom(tx, on.environmentId, name);
    await requirePlace(tx, on.environmentId, mountPath);
    const volumeId = newId();
    await tx.volume.create({ data: { id: volumeId, ...on, name, mountPath } });
    await append(tx, 'volume.created', { on, volumeId, name, actorId });
    const after = { environmentId: input.environmentId, name, mountPath };
    return { result: { volumeId }, audit: { target: publicId('Volume', volumeId), after } };
  });
  context.events.publish('environment', on.environmentId);
  return made;
}

async function requireRoom(tx: Transaction, environmentId: string, name: string): Promise<void> {
  const volumes = await tx.volume.findMany({ where: { environmentId }, select: { name: true, deletesAt: true } });
  const same = volumes.find((volume) => volume.name === name);
  if (same) {
    const which = same.deletesAt === null ? 'already. Choose' : 'that is being deleted. Restore it, or choose';
    throw new ConflictError(`There is a volume called ${name} ${which} another name.`);
  }
  if (volumes.length < mostVolumes) return;
  const message = `An environment may have ${mostVolumes} volumes, those that are being deleted among them.`;
  throw new PlanLimitError(message, 'volumes', { maximum: mostVolumes, current: volumes.length });
}
