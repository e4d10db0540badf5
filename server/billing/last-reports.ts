import { batched } from '@apployd/backplane/batched';
import { periodOf } from '@apployd/core/usage';
import type { Db } from '@apployd/prisma/create-db';

/** What was told to Stripe last of what an organization sent beyond its pool; null: nothing, and nothing is to be. */
export type LastReports = (organizationId: string) => Promise<LastReport | null>;

type LastReport = { readonly sentAt: Date | null; readonly isMoreToCome: boolean };

/** All that are asked for at one moment are looked up with one statement. */
export function lastReports(db: Pick<Db, 'overageReport'>): LastReports {
  return batched(async (ids) => {
    const rows = await db.overageReport.groupBy({
      by: ['organizationId'],
      where: { organizationId: { in: [...ids] }, OR: [{ sentAt: { not: null } }, { givenUpAt: null }] },
      _max: { sentAt: true },
      _count: { id: true, sentAt: true },
    });
    const found = new Map(
      rows.map(({ organizationId, _max: { sentAt }, _count }) => [
        organizationId,
        { sentAt, isMoreToCome: _count.id > _count.sentAt },
      ]),
    );
    return (id) => found.get(id) ?? null;
  });
}

/** It is of this month's page, or of the invoice of the period that began then. */
export function isOfNow(last: LastReport | null, periodStart: Date | null): boolean {
  if (!last) return false;
  const { start: month } = periodOf(new Date());
  const since = periodStart && periodStart < month ? periodStart : month;
  return last.isMoreToCome || (last.sentAt !== null && last.sentAt >= since);
}
