import type { Payments } from '@apployd/backplane/payments/payments';
import { withinDeadline } from '@apployd/core/deadline';
import { CapacityError } from '@apployd/core/refusal';
import { countOverages } from '@apployd/prisma/count-overages';
import type { OverageReport } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { found } from '../reconcile/found.js';

/** So many organizations, and reports, in one turn; the others come with the next. */
const most = 500;
/** Stripe knows an id again for a day at least: what could not be told for so long might count twice by then. */
const mostTriesMs = 20 * 3_600_000;
type Patience = {
  /** So long one turn tells Stripe of reports, in milliseconds. */
  readonly sendsMs: number;
};
const usual: Patience = { sendsMs: 60_000 };

/**
 * Counts what organizations that buy bandwidth beyond their pool have sent of it, up to their caps, and has it charged: each
 * gigabyte is in one report, which is written down before Stripe is told of it.
 */
export async function reportOverage(engine: Engine, signal: AbortSignal, { sendsMs } = usual): Promise<void> {
  if (!engine.payments) return;
  const payments = await engine.payments();
  for (const organizationId of await buyers(engine)) {
    if (signal.aborted) return;
    await count(engine, payments, organizationId);
  }
  await giveUpForeign(engine, payments);
  await withinDeadline(signal, sendsMs, (within) => send(engine, payments, within));
}

/** Those that were looked at longest ago first; those that owe a payment, too: what they send meanwhile is never charged. */
async function buyers({ db }: Engine): Promise<string[]> {
  const rows = await db.overage.findMany({
    where: { capGigabytes: { not: null } },
    orderBy: { countedAt: { sort: 'asc', nulls: 'first' } },
    take: most,
    select: { organizationId: true },
  });
  return rows.map(({ organizationId }) => organizationId);
}

/** One that cannot be counted does not keep the others waiting: it is the last of the next ones. */
async function count({ db, clock, log }: Engine, { isLive }: Payments, organizationId: string): Promise<void> {
  const now = clock.now();
  try {
    await db.$transaction((tx) => countOverages(tx, [organizationId], { now, isLive }));
  } catch (err) {
    log.error({ err, organizationId }, 'bandwidth beyond the pool could not be counted');
    await db.overage.updateMany({ where: { organizationId }, data: { countedAt: now } });
  }
}

const waiting = { sentAt: null, givenUpAt: null } as const;

/** What was counted for customers of Stripe's other mode can be told to nobody, once that is no key set by mistake. */
async function giveUpForeign(engine: Engine, { isLive }: Payments): Promise<void> {
  const now = engine.clock.now();
  const { count: reports } = await engine.db.overageReport.updateMany({
    where: { ...waiting, isLive: !isLive, createdAt: { lt: new Date(now.getTime() - mostTriesMs) } },
    data: { givenUpAt: now },
  });
  if (reports > 0) found(engine, 'billing.overage-given-up', { reports, isLive: !isLive });
}

/** When Stripe does not answer one, the others wait for the next turn, and come before it then. */
async function send(engine: Engine, payments: Payments, signal: AbortSignal): Promise<void> {
  const { db, log } = engine;
  const { isLive } = payments;
  const rows = await db.overageReport.findMany({
    where: { ...waiting, isLive },
    orderBy: [{ triedAt: { sort: 'asc', nulls: 'first' } }, { id: 'asc' }],
    take: most,
  });
  for (const row of rows) {
    if (signal.aborted) return;
    if (isTooLate(engine, row)) {
      await giveUp(engine, row);
      continue;
    }
    try {
      await tell(engine, payments, row);
    } catch (err) {
      const { id: report, organizationId } = row;
      log.warn({ err, organizationId, report }, 'bandwidth beyond the pool could not be reported');
      if (err instanceof CapacityError) return;
    }
  }
}

const isTooLate = ({ clock }: Engine, { triedAt }: OverageReport): boolean =>
  triedAt !== null && clock.now().getTime() - triedAt.getTime() > mostTriesMs;

async function giveUp(engine: Engine, { id, organizationId, gigabytes }: OverageReport): Promise<void> {
  const data = { givenUpAt: engine.clock.now() };
  const { count: given } = await engine.db.overageReport.updateMany({ where: { id, ...waiting }, data });
  if (given > 0) found(engine, 'billing.overage-given-up', { organizationId, report: id, gigabytes });
}

async function tell(engine: Engine, payments: Payments, row: OverageReport): Promise<void> {
  const { db, clock } = engine;
  const { id, customerId, gigabytes } = row;
  if (!row.triedAt) await db.overageReport.updateMany({ where: { id, triedAt: null }, data: { triedAt: clock.now() } });
  await payments.reportOverage({ id, customerId, gigabytes, at: await chargeableFrom(engine, row) });
  await db.overageReport.updateMany({ where: { id }, data: { sentAt: clock.now() } });
}

/**
 * Of a period whose invoice is written nothing is charged any more: what is told of late is of the next one, also where nobody
 * has looked at Stripe since that began.
 */
async function chargeableFrom(
  { db, clock }: Engine,
  { organizationId, customerId, createdAt }: OverageReport,
): Promise<Date> {
  const select = { currentPeriodStart: true, currentPeriodEnd: true };
  const billing = await db.billing.findFirst({ where: { organizationId, customerId }, select });
  const { currentPeriodStart: start, currentPeriodEnd: end } = billing ?? {};
  const begun = [start, end].flatMap((at) => (at && at > createdAt && at <= clock.now() ? [at] : []));
  return begun.at(-1) ?? createdAt;
}
