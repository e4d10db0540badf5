import type { Deployment, Variable } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';

type Keeper = Pick<Deployment, 'environmentId' | 'variablesVersion'>;

/** The variables that a deployment runs with, whatever they are today; today's when it is not known which. */
export function variablesOf(
  { db }: Pick<Engine, 'db'>,
  { environmentId, variablesVersion }: Keeper,
): Promise<Variable[]> {
  if (variablesVersion === null) return db.variable.findMany({ where: { environmentId, untilVersion: null } });
  const notGone = { OR: [{ untilVersion: null }, { untilVersion: { gt: variablesVersion } }] };
  return db.variable.findMany({ where: { environmentId, fromVersion: { lte: variablesVersion }, ...notGone } });
}
