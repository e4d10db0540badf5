import type { Db, Transaction } from '@apployd/prisma/create-db';

/** Whether there is somebody who runs the platform: the first account of the installation does. */
export async function hasOperator(db: Db | Transaction): Promise<boolean> {
  return (await db.user.findFirst({ where: { isOperator: true }, select: { id: true } })) !== null;
}

/** Whether the account that this transaction makes is the first. Those who sign up at that moment take their turns. */
export async function isFirstAccount(tx: Transaction): Promise<boolean> {
  if (await hasOperator(tx)) return false;
  await tx.$queryRaw`SELECT 1 FROM pg_advisory_xact_lock(${firstAccountLock})`;
  return !(await hasOperator(tx));
}

/** Any number, chosen once. */
const firstAccountLock = 72_707_371n;
