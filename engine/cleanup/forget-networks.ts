import { activeStatuses } from '@apployd/core/deployment';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';

/** Something of the project's runs, sleeps, or is about to. */
const isAtWork: Prisma.ProjectWhereInput = {
  OR: [
    { deployments: { some: { status: { in: [...activeStatuses] } } } },
    { environments: { some: { liveDeploymentId: { not: null } } } },
  ],
};

/**
 * Removes what is kept for projects that are erased, when their erasing was cut short, and for those of which nothing is live
 * or deployed: what a deployment that came to nothing had prepared. Where a container is all the same, it stays.
 */
export async function forgetNetworks({ db, runtime }: Engine): Promise<void> {
  const ids = await runtime.projects();
  const rows = await db.project.findMany({ where: { id: { in: [...ids] }, ...isAtWork }, select: { id: true } });
  const atWork = new Set(rows.map(({ id }) => id));
  for (const id of ids) if (!atWork.has(id)) await runtime.forget(id);
}
