import { variableContext } from '@apployd/core/variable';
import type { Variable } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';

/** An environment's variables, opened. Hold them no longer than needed, and never log them. */
export type OpenVariables = {
  readonly all: Readonly<Record<string, string>>;
  /** Those that are no secrets. */
  readonly plain: Readonly<Record<string, string>>;
  /** What must not be seen in a log. */
  readonly secretValues: readonly string[];
};

export const noVariables: OpenVariables = { all: {}, plain: {}, secretValues: [] };

export function openVariables(engine: Pick<Engine, 'secretBox'>, variables: readonly Variable[]): OpenVariables {
  const opened = variables.map(({ environmentId, key, sealedValue, isSecret }) => ({
    key,
    isSecret,
    value: engine.secretBox.open(sealedValue, variableContext(environmentId, key)),
  }));
  const plain = opened.filter(({ isSecret }) => !isSecret);
  const secret = opened.filter(({ isSecret }) => isSecret);
  return { all: record(opened), plain: record(plain), secretValues: secret.map(({ value }) => value) };
}

function record(variables: readonly { readonly key: string; readonly value: string }[]): Record<string, string> {
  return Object.fromEntries(variables.map(({ key, value }) => [key, value]));
}
