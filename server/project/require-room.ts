import { PlanLimitError } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Plan } from '@apployd/prisma/generated/client/client';

/** Under the lock of the pool, so that nobody else adds a project meanwhile. */
export async function requireRoomForProject(tx: Transaction, organizationId: string, plan: Plan): Promise<void> {
  const current = await tx.project.count({ where: { organizationId, deletesAt: null } });
  const { name, maxProjects: maximum } = plan;
  if (current < maximum) return;
  const message = `The plan ${name} holds ${maximum} projects. Delete one, or choose a larger plan.`;
  throw new PlanLimitError(message, 'projects', { maximum, current });
}

/** Deleted projects count for nothing, but their images and uploads stay until they are erased: so many are enough. */
const spareDeleted = 10;

/** Under the same lock: whoever makes and deletes projects again and again waits for the erasing of some. */
export async function refuseTooManyDeleted(tx: Transaction, organizationId: string, plan: Plan): Promise<void> {
  const { _count: current, _min } = await tx.project.aggregate({
    where: { organizationId, deletesAt: { not: null } },
    _count: true,
    _min: { deletesAt: true },
  });
  const maximum = plan.maxProjects + spareDeleted;
  if (current <= maximum) return;
  const next = _min.deletesAt?.toISOString() ?? '';
  const message = `${current} deleted projects wait to be erased. Restore one instead, or wait: the next goes at ${next}.`;
  throw new PlanLimitError(message, 'deletedProjects', { maximum, current });
}
