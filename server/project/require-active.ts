import { InvalidStateError } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';

/** What waits for its deletion takes no changes. */
export function requireActive({ deletesAt }: { readonly deletesAt: Date | null }): void {
  if (deletesAt === null) return;
  const message = 'This project is being deleted. Bring it back with projectRestore first.';
  throw new InvalidStateError(message, 'DELETING', ['ACTIVE']);
}

/** The same, and nobody deletes it before the transaction ends. */
export async function lockActive(tx: Transaction, projectId: string): Promise<void> {
  const rows = await tx.$queryRaw<{ deletesAt: Date | null }[]>`
    SELECT "deletesAt" FROM "Project" WHERE "id" = ${projectId}::uuid FOR NO KEY UPDATE`;
  rows.forEach(requireActive);
}
