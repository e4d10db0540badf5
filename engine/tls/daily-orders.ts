import type { Certificate } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { postpone } from './postpone.js';

const dayMs = 86_400_000;
/** What the authority allows the platform is for all organizations: one gets so much of it in a day. */
const mostADay = 50;

/** Counts an order for the organization; when there were too many today it waits for tomorrow. Renewals that go well are free. */
export async function waitsForTomorrow(engine: Engine, row: Certificate, organizationId: string): Promise<boolean> {
  if (row.chain !== null && row.failureCode === null) return false;
  const now = engine.clock.now();
  const day = now.toISOString().slice(0, 10);
  const counted = await engine.db.$executeRaw`
    INSERT INTO "CertificateOrders" AS today ("organizationId", "day", "orders") VALUES (${organizationId}::uuid, ${day}::date, 1)
    ON CONFLICT ("organizationId", "day") DO UPDATE SET "orders" = today."orders" + 1 WHERE today."orders" < ${mostADay}`;
  if (counted === 1) return false;
  await postpone(engine, row, 'ORGANIZATION_SHARE', new Date(Date.parse(day) + dayMs));
  return true;
}

/** What was counted on days that are over. */
export async function forgetOrders({ db, clock }: Pick<Engine, 'db' | 'clock'>, limit: number): Promise<void> {
  const before = new Date(clock.now().getTime() - 2 * dayMs);
  await db.certificateOrders.deleteMany({ where: { day: { lt: before } }, limit });
}
