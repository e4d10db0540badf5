import { ConflictError, InvalidStateError } from '@apployd/core/refusal';
import { areNested } from '@apployd/core/volume';
import type { Transaction } from '@apployd/prisma/create-db';

/**
 * Refuses a volume at a path that another one of the environment has, or lies in, and any where more than one instance is
 * to run: two would write into the same files.
 */
export async function requirePlace(tx: Transaction, environmentId: string, mountPath: string): Promise<void> {
  const volumes = await tx.volume.findMany({ where: { environmentId, deletesAt: null } });
  const other = volumes.find((volume) => areNested(volume.mountPath, mountPath));
  if (other) {
    throw new ConflictError(
      `The volume ${other.name} is mounted at ${other.mountPath}. Choose a path that is not the same, nor in it or above it.`,
    );
  }
  const several = await tx.process.count({ where: { environmentId, desiredInstances: { gt: 1 } } });
  if (several === 0) return;
  const message = 'An environment with a volume runs one instance. Set instances to 1 with environmentUpdate first.';
  throw new InvalidStateError(message, 'SEVERAL_INSTANCES', ['ONE_INSTANCE']);
}

/** The same from the other side. */
export async function refuseSeveral(tx: Transaction, environmentId: string, instances: number): Promise<void> {
  if (instances === 1 || (await tx.volume.count({ where: { environmentId, deletesAt: null } })) === 0) return;
  const message =
    'This environment has a volume, into which one instance writes at a time: it runs one. Delete the volume first, or keep what is in it elsewhere, such as in a database.';
  throw new InvalidStateError(message, 'HAS_VOLUME', ['NO_VOLUME']);
}
