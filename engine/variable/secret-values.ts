import type { Environment } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { openAll } from './open-all.js';

/** Present and former values that are looked for in an output, the present ones first. */
const mostValues = 1_000;

/**
 * The secret values that an environment has now, and those that it had since the version: what was started then may
 * still print them. Hold them no longer than needed, and never log them.
 */
export async function secretValues(
  engine: Pick<Engine, 'db' | 'keyring'>,
  { id: environmentId }: Pick<Environment, 'id'>,
  sinceVersion: number,
): Promise<readonly string[]> {
  const rows = await engine.db.variable.findMany({
    where: {
      environmentId,
      isSecret: true,
      OR: [{ untilVersion: null }, { untilVersion: { gt: sinceVersion } }],
    },
    orderBy: { untilVersion: { sort: 'desc', nulls: 'first' } },
    take: mostValues,
  });
  return [...new Set((await openAll(engine, rows)).map(({ value }) => value))];
}
