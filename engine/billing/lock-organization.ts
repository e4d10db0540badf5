import type { Transaction } from '@apployd/prisma/create-db';

/** The organization was put on another plan between the look and the lock: look again. */
export class PlanMoved extends Error {
  override readonly name = 'PlanMoved';
}

/**
 * The organization, its plan and those that it may be put on, as they stay until the transaction ends. Plans are locked
 * before their organizations, as by whoever divides a pool.
 */
export async function lockOrganization(tx: Transaction, id: string, ...codes: readonly (string | null | undefined)[]) {
  const { planId } = await tx.organization.findUniqueOrThrow({ where: { id }, select: { planId: true } });
  const wanted = codes.flatMap((code) => code ?? []);
  await tx.$queryRaw`
    SELECT 1 FROM "Plan" WHERE "id" = ${planId}::uuid OR "code" = ANY(${wanted}::text[]) ORDER BY "id" FOR SHARE`;
  await tx.$queryRaw`SELECT 1 FROM "Organization" WHERE "id" = ${id}::uuid FOR NO KEY UPDATE`;
  const organization = await tx.organization.findUniqueOrThrow({ where: { id }, include: { plan: true } });
  if (organization.planId !== planId) throw new PlanMoved('The organization is on another plan by now.');
  return organization;
}

export type LockedOrganization = Awaited<ReturnType<typeof lockOrganization>>;
