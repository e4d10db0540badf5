import { InvalidStateError, NotFoundError } from '@apployd/core/refusal';
import type { Plan } from '@apployd/prisma/generated/client/client';
import type { Context } from '../context.js';
import { requireId } from '../lookup.js';
import { lockPool } from '../allocation/pool.js';
import { refuseTooManyProjects, refuseTooSmall } from '../plan/set.js';

/** The plan, when it may be chosen. */
export async function planForSale({ db }: Context, publicId: string): Promise<Plan> {
  const plan = await db.plan.findUnique({ where: { id: requireId('Plan', publicId) } });
  if (!plan) throw new NotFoundError('plan', publicId);
  if (plan.isSelectable) return plan;
  throw new InvalidStateError(`The plan ${plan.name} may not be chosen any more.`, 'NOT_FOR_SALE', ['FOR_SALE']);
}

/** Refuses, with the list of what is to shrink, a plan that gives less than the projects hold. */
export async function refuseUnfit({ db }: Context, organizationId: string, plan: Plan): Promise<void> {
  await db.$transaction(async (tx) => {
    refuseTooSmall(await lockPool(tx, organizationId, plan.id), plan);
    await refuseTooManyProjects(tx, organizationId, plan);
  });
}
