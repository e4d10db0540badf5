import { newId } from '@apployd/core/id';
import { variableContext } from '@apployd/core/variable';
import type { Environment } from '@apployd/prisma/generated/client/client';
import type { TestEngine } from './an-engine.js';

/** Gives a variable another value, as the server does. */
export async function setVariable(
  { db, events, keyring }: TestEngine,
  { id: environmentId, organizationId }: Environment,
  key: string,
  value: string,
  isSecret = true,
): Promise<void> {
  await db.$transaction(async (tx) => {
    const { variablesVersion: version } = await tx.environment.update({
      where: { id: environmentId },
      data: { variablesVersion: { increment: 1 } },
    });
    const box = await keyring.boxIn(tx, organizationId);
    const sealedValue = box.seal(value, variableContext(environmentId, key));
    await tx.variable.updateMany({
      where: { environmentId, key, untilVersion: null },
      data: { untilVersion: version },
    });
    await tx.variable.create({
      data: { id: newId(), organizationId, environmentId, key, sealedValue, isSecret, fromVersion: version },
    });
  });
  events.publish('environment', environmentId);
}
