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
