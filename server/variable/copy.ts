import { newId } from '@apployd/core/id';
import { variableContext } from '@apployd/core/variable';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Context } from '../context.js';

type Copy = {
  readonly organizationId: string;
  readonly from: string;
  /** One that was made in this transaction, and has none yet. */
  readonly to: string;
  readonly actorId: string;
};

/** What the variables of one environment are now, as the first ones of a new one: each is sealed to its own place. */
export async function copyVariables(
  tx: Transaction,
  { keyring }: Pick<Context, 'keyring'>,
  { organizationId, from, to, actorId }: Copy,
): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM "Environment" WHERE "id" = ${from}::uuid FOR NO KEY UPDATE`;
  const where = { environmentId: from, untilVersion: null };
  const variables = await tx.variable.findMany({ where, orderBy: { key: 'asc' } });
  if (variables.length === 0) return;
  const box = await keyring.boxIn(tx, organizationId);
  await tx.variable.createMany({
    data: variables.map(({ key, isSecret, sealedValue }) => {
      const value = box.openBytes(sealedValue, variableContext(from, key));
      const sealed = box.seal(value, variableContext(to, key));
      value.fill(0);
      const own = { id: newId(), organizationId, environmentId: to, updatedById: actorId };
      return { ...own, key, isSecret, sealedValue: sealed, fromVersion: firstVersion };
    }),
  });
  const set = variables.map(({ key }) => key);
  await tx.variablesVersion.create({
    data: { environmentId: to, organizationId, version: firstVersion, set, removed: [], createdById: actorId },
  });
}

const firstVersion = 1;
