import { InvalidStateError } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';
import { lockActive } from '../project/require-active.js';

type Place = { readonly projectId: string; readonly environmentId: string };

/** What waits for its deletion takes no changes, and nobody deletes it, or its project, before the transaction ends. */
export async function lockActiveEnvironment(tx: Transaction, { projectId, environmentId }: Place): Promise<void> {
  // Whoever deletes an environment holds the lock of its project.
  await lockActive(tx, projectId);
  const where = { id: environmentId };
  const { deletesAt } = await tx.environment.findUniqueOrThrow({ where, select: { deletesAt: true } });
  if (deletesAt === null) return;
  const message = 'This environment is being deleted. Bring it back with environmentRestore first.';
  throw new InvalidStateError(message, 'DELETING', ['ACTIVE']);
}
