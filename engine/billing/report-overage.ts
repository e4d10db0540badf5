import type { Payments } from '@apployd/backplane/payments/payments';
import { newId } from '@apployd/core/id';
import { countOverage, gigabyteBytes, wholeGigabytes } from '@apployd/core/overage';
import { periodOf } from '@apployd/core/usage';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Engine } from '../engine.js';
import { found } from '../reconcile/found.js';

/** So many organizations, and reports, in one turn; the others come with the next. */
const most = 500;
/** Stripe knows an id again for a day at least: what could not be told for so long might count twice by then. */
const mostTriesMs = 20 * 3_600_000;

/**
 * Counts what organizations that buy bandwidth beyond their pool have sent of it, up to their caps, and has it charged: each
 * gigabyte is in one report, which is written down before Stripe is told of it.
 */
export async function reportOverage(engine: Engine, signal: AbortSignal): Promise<void> {
  if (!engine.payments) return;
  const payments = await engine.payments();
  for (const organizationId of await buyers(engine, payments)) {
    if (signal.aborted) return;
    await engine.db.$transaction((tx) => count(engine, tx, organizationId));
  }
  await send(engine, payments, signal);
}

/** Who pays, and buys any; those that were looked at longest ago first. */
async function buyers({ db }: Engine, { isLive }: Payments): Promise<string[]> {
  const rows = await db.overage.findMany({
    where: {
      capGigabytes: { not: null },
      organization: { billing: { isLive, status: { in: ['ACTIVE', 'TRIALING'] } } },
    },
    orderBy: { countedAt: { sort: 'asc', nulls: 'first' } },
    take: most,
    select: { organizationId: true },
  });
  return rows.map(({ organizationId }) => organizationId);
}

/** Two engines count one after the other: the second finds nothing that is new. */
async function count({ clock }: Engine, tx: Transaction, organizationId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM "Overage" WHERE "organizationId" = ${organizationId}::uuid FOR UPDATE`;
  const include = { organization: { include: { plan: true, billing: true } } } as const;
  const before = await tx.overage.findUnique({ where: { organizationId }, include });
  const { plan, billing } = before?.organization ?? {};
  if (!before?.capGigabytes || !plan || !billing) return;
  const now = clock.now();
  const { start: month } = periodOf(now);
  const { _sum } = await tx.usageMonth.aggregate({ where: { organizationId, month }, _sum: { bytesOut: true } });
  const counted = countOverage(
    { month: before.month, seenBytes: Number(before.seenBytes), overBytes: Number(before.overBytes) },
    {
      ...{ month, bytesOut: Number(_sum.bytesOut ?? 0), poolBytes: Number(plan.bandwidthBytesPerMonth) },
      capBytes: before.capGigabytes * gigabyteBytes,
    },
  );
  const reported = before.month.getTime() === month.getTime() ? before.reportedGigabytes : 0;
  const gigabytes = wholeGigabytes(counted.overBytes) - reported;
  await tx.overage.update({
    where: { organizationId },
    data: { ...counted, reportedGigabytes: reported + gigabytes, countedAt: now },
  });
  if (gigabytes === 0) return;
  const { customerId, isLive } = billing;
  await tx.overageReport.create({
    data: { id: newId(), organizationId, customerId, isLive, gigabytes, createdAt: now },
  });
}

async function send(engine: Engine, payments: Payments, signal: AbortSignal): Promise<void> {
  const { db, clock, log } = engine;
  const { isLive } = payments;
  const waiting = { sentAt: null, givenUpAt: null } as const;
  const rows = await db.overageReport.findMany({ where: { ...waiting, isLive }, orderBy: { id: 'asc' }, take: most });
  for (const { id, organizationId, customerId, gigabytes, createdAt: at, triedAt } of rows) {
    if (signal.aborted) return;
    const now = clock.now();
    if (triedAt && now.getTime() - triedAt.getTime() > mostTriesMs) {
      await db.overageReport.updateMany({ where: { id, ...waiting }, data: { givenUpAt: now } });
      found(engine, 'billing.overage-given-up', { organizationId, report: id, gigabytes });
      continue;
    }
    if (!triedAt) await db.overageReport.updateMany({ where: { id, triedAt: null }, data: { triedAt: now } });
    try {
      await payments.reportOverage({ id, customerId, gigabytes, at });
      await db.overageReport.updateMany({ where: { id }, data: { sentAt: clock.now() } });
    } catch (err) {
      log.warn({ err, organizationId, report: id }, 'bandwidth beyond the pool could not be reported');
    }
  }
}
