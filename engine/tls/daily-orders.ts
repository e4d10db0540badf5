import { mostOrdersADay } from '@apployd/core/certificate';
import type { Certificate } from '@apployd/prisma/generated/client/client';
import { CertificateFailure } from '../certificates/certificates.js';
import type { Engine } from '../engine.js';
import { postpone } from './postpone.js';

const dayMs = 86_400_000;
/** An order that is counted; the day in UTC. */
export type CountedOrder = { readonly organizationId: string; readonly day: string };

/** Whether an order may be made, and what was counted for it. */
export type Turn = 'WAITS' | CountedOrder | null;

/**
 * What the authority allows the platform is for all organizations. Counts an order for this one; when there were too many today it waits for tomorrow. Renewals
 * that go well are free.
 */
export async function countOrder(engine: Engine, row: Certificate, organizationId: string): Promise<Turn> {
  if (row.chain !== null && row.failureCode === null) return null;
  const now = engine.clock.now();
  const day = now.toISOString().slice(0, 10);
  const counted = await engine.db.$executeRaw`
    INSERT INTO "CertificateOrders" AS today ("organizationId", "day", "orders") VALUES (${organizationId}::uuid, ${day}::date, 1)
    ON CONFLICT ("organizationId", "day") DO UPDATE SET "orders" = today."orders" + 1 WHERE today."orders" < ${mostOrdersADay}`;
  if (counted === 1) return { organizationId, day };
  await postpone(engine, row, 'ORGANIZATION_SHARE', new Date(Date.parse(day) + dayMs));
  return 'WAITS';
}

/** Failures of the platform or the authority alone, before anything is ordered. */
const beforeOrders: readonly string[] = ['AUTHORITY_UNREACHABLE', 'DNS_PROVIDER_FAILED', 'NOT_DELEGATED'];

/** What never reached the authority is not of the organization's share. */
export async function giveBack(db: Engine['db'], counted: CountedOrder | null, error: unknown): Promise<void> {
  if (!counted || !(error instanceof CertificateFailure)) return;
  if (error.wasOrdered || !beforeOrders.includes(error.code)) return;
  const { organizationId, day } = counted;
  const where = { organizationId, day: new Date(day), orders: { gt: 0 } };
  await db.certificateOrders.updateMany({ where, data: { orders: { decrement: 1 } } });
}

/** What was counted on days that are over. */
export async function forgetOrders({ db, clock }: Pick<Engine, 'db' | 'clock'>, limit: number): Promise<void> {
  const before = new Date(clock.now().getTime() - 2 * dayMs);
  await db.certificateOrders.deleteMany({ where: { day: { lt: before } }, limit });
}
