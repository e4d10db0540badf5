import type { Db } from '@apployd/prisma/create-db';

/** Stops the start when new organizations would begin with a plan that there is not. */
export async function requireDefaultPlan(db: Db, code: string): Promise<void> {
  const plans = await db.plan.findMany({ select: { code: true }, orderBy: { position: 'asc' } });
  const codes = plans.map((plan) => plan.code);
  if (codes.includes(code)) return;
  throw new Error(`SERVER_DEFAULT_PLAN is ${code}, and there is no such plan: set it to one of ${codes.join(', ')}.`);
}
