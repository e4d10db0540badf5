import { InvalidStateError } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';

/** Nothing is started for an organization that owes a payment for too long. Whoever asks holds the lock of a project of it. */
export async function refuseSuspended(tx: Transaction, organizationId: string): Promise<void> {
  const where = { id: organizationId };
  const { suspendedAt } = await tx.organization.findUniqueOrThrow({ where, select: { suspendedAt: true } });
  if (suspendedAt === null) return;
  const message =
    'The organization is suspended, since a payment is owed. Pay the open invoice: then all of it runs again.';
  throw new InvalidStateError(message, 'SUSPENDED', ['ACTIVE']);
}
