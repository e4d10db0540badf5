import { maskedText } from '@apployd/backplane/logs/mask-text';
import { secretIndex } from '@apployd/backplane/logs/secret-index';
import type { Environment } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { openAll, type OpenVariable } from './open-all.js';
import { secretValues } from './secret-values.js';

/** An environment's variables, opened. Until they are forgotten the engine's own log does not show the secret ones. */
export type OpenVariables = {
  readonly all: Readonly<Record<string, string>>;
  /** Those that are no secrets. */
  readonly plain: Readonly<Record<string, string>>;
  /** What must not be seen in a log: the platform's own secrets among it. */
  readonly masked: readonly string[];
  /** A text that leaves the engine, without them. */
  mask(text: string): string;
  /** Lets go of them. They are still masked where they are handed to. */
  forget(): void;
};

export const noVariables: OpenVariables = {
  all: {},
  plain: {},
  masked: [],
  mask: (text) => text,
  forget: () => undefined,
};

type Versioned = Pick<Environment, 'id' | 'variablesVersion'>;

/** As they were at the environment's version; with the secret values that it had since the other version. */
export async function openVariables(
  engine: Pick<Engine, 'db' | 'keyring' | 'secrets'>,
  environment: Versioned,
  sinceVersion: number = environment.variablesVersion,
): Promise<OpenVariables> {
  const variables = await openAll(engine, await rowsOf(engine, environment));
  const values = await secretValues(engine, environment, sinceVersion);
  const index = secretIndex([...values, ...engine.secrets.own]);
  return {
    all: record(variables),
    plain: record(variables.filter(({ isSecret }) => !isSecret)),
    masked: [...values, ...engine.secrets.own],
    mask: (text) => maskedText(index, text),
    forget: engine.secrets.hold(values),
  };
}

function rowsOf({ db }: Pick<Engine, 'db'>, { id: environmentId, variablesVersion: version }: Versioned) {
  return db.variable.findMany({
    where: {
      environmentId,
      fromVersion: { lte: version },
      OR: [{ untilVersion: null }, { untilVersion: { gt: version } }],
    },
  });
}

function record(variables: readonly OpenVariable[]): Record<string, string> {
  return Object.fromEntries(variables.map(({ key, value }) => [key, value]));
}
