import { variableContext } from '@apployd/core/variable';
import type { Variable } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';

export type OpenVariable = { readonly key: string; readonly isSecret: boolean; readonly value: string };

export function openAll({ keyring }: Pick<Engine, 'keyring'>, rows: readonly Variable[]): Promise<OpenVariable[]> {
  const open = async ({ organizationId, environmentId, key, isSecret, sealedValue }: Variable) => {
    const value = await keyring.open(organizationId, sealedValue, variableContext(environmentId, key));
    return { key, isSecret, value };
  };
  return Promise.all(rows.map(open));
}
