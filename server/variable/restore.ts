import { newId } from '@apployd/core/id';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Variable } from '@apployd/prisma/generated/client/client';

type Where = {
  readonly environmentId: string;
  readonly organizationId: string;
  readonly projectId: string;
  readonly actorId: string;
};

/** What became of the variables: their new version, and the keys that were set and removed. Never a value. */
export type Restored = { readonly version: number; readonly set: string[]; readonly removed: string[] };

/** Makes the variables what they were at a version, as a new version; null where they are the same still. */
export async function restoreVariables(tx: Transaction, where: Where, version: number): Promise<Restored | null> {
  const { environmentId, organizationId, actorId } = where;
  // Locked: whoever sets variables at the same moment comes before or after.
  await tx.$queryRaw`SELECT 1 FROM "Environment" WHERE "id" = ${environmentId}::uuid FOR NO KEY UPDATE`;
  const [then, now] = [await rowsAt(tx, environmentId, version), await rowsNow(tx, environmentId)];
  const kept = new Set(then.map(({ id }) => id));
  const gone = now.filter(({ id }) => !kept.has(id));
  const back = then.filter(({ untilVersion }) => untilVersion !== null);
  if (gone.length === 0 && back.length === 0) return null;
  const { variablesVersion: next } = await tx.environment.update({
    where: { id: environmentId },
    data: { variablesVersion: { increment: 1 } },
  });
  await tx.variable.updateMany({ where: { id: { in: gone.map(({ id }) => id) } }, data: { untilVersion: next } });
  await tx.variable.createMany({ data: back.map((row) => again(row, next, actorId)) });
  const set = back.map(({ key }) => key).sort();
  const removed = gone
    .map(({ key }) => key)
    .filter((key) => !set.includes(key))
    .sort();
  await tx.variablesVersion.create({
    data: { environmentId, organizationId, version: next, set, removed, createdById: actorId },
  });
  return { version: next, set, removed };
}

/** For whoever follows the project: the last to be written, since it locks the project's stream. */
export async function tellOfRestored(tx: Transaction, where: Where, restored: Restored | null): Promise<void> {
  if (!restored) return;
  const { organizationId, projectId: streamId, environmentId: subjectId, actorId } = where;
  const type = 'variables.set';
  await appendEvent(tx, { organizationId, streamId, kind: 'PROJECT', type, subjectId, actorId, data: restored });
}

function rowsAt(tx: Transaction, environmentId: string, version: number): Promise<Variable[]> {
  const until = [{ untilVersion: null }, { untilVersion: { gt: version } }];
  return tx.variable.findMany({ where: { environmentId, fromVersion: { lte: version }, OR: until } });
}

function rowsNow(tx: Transaction, environmentId: string): Promise<Variable[]> {
  return tx.variable.findMany({ where: { environmentId, untilVersion: null } });
}

/** Sealed to its environment and its key, which are the same: it need not be opened. */
function again(row: Variable, fromVersion: number, updatedById: string) {
  const { organizationId, environmentId, key, sealedValue, isSecret } = row;
  return { id: newId(), organizationId, environmentId, key, sealedValue, isSecret, fromVersion, updatedById };
}
