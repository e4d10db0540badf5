import { newId } from '@apployd/core/id';
import { capInForce, countOverage, wholeGigabytes } from '@apployd/core/overage';
import { periodOf } from '@apployd/core/usage';
import type { Transaction } from './create-db.js';
import type { Billing, Overage } from './generated/client/client.js';
import { countedBytes, sentBytes } from './sent-bytes.js';

type Look = {
  readonly now: Date;
  /** The mode of the key that there is; null: nothing is for sale. */
  readonly isLive: boolean | null;
};

/**
 * Counts what these organizations have sent beyond their pools since the last look, by the cap, the pool and the standing
 * that they have now: whoever changes one of these counts before, in the same transaction. What is to be charged is written
 * down as a report. The rows stay locked until the transaction ends, so that who looks meanwhile finds nothing that is new.
 */
export async function countOverages(
  tx: Transaction,
  organizationIds: readonly string[],
  { now, isLive }: Look,
): Promise<void> {
  const before = await lockedRows(tx, organizationIds);
  if (before.length === 0) return;
  const period = periodOf(now);
  const ids = before.map(({ organizationId }) => organizationId);
  const counted = countedBytes(await sentBytes(tx, ids, period));
  const looked = before.map((row) => {
    const { plan, billing } = row.organization;
    const seen = {
      ...{ month: period.start, bytesOut: counted.get(row.organizationId) ?? 0 },
      poolBytes: Number(plan.bandwidthBytesPerMonth),
      capBytes: capInForce(row.capGigabytes, billing, isLive) ?? 0,
    };
    return { ...afterLook(row, seen), organizationId: row.organizationId, billing };
  });
  await keep(tx, looked, now);
  await report(tx, looked, now);
}

/** Locked by a statement of its own: what the next one reads is what was there when all locks were had. */
async function lockedRows(tx: Transaction, ids: readonly string[]) {
  const locked = await tx.$queryRaw<{ organizationId: string }[]>`
    SELECT "organizationId" FROM "Overage" WHERE "organizationId" = ANY(${ids}::uuid[])
    ORDER BY "organizationId" FOR UPDATE`;
  if (locked.length === 0) return [];
  const select = { plan: { select: { bandwidthBytesPerMonth: true } }, billing: true } as const;
  const where = { organizationId: { in: locked.map(({ organizationId }) => organizationId) } };
  return tx.overage.findMany({ where, include: { organization: { select } } });
}

function afterLook(row: Overage, seen: Parameters<typeof countOverage>[1]) {
  const { month, seenBytes, overBytes } = row;
  const counted = countOverage({ month, seenBytes: Number(seenBytes), overBytes: Number(overBytes) }, seen);
  const reported = counted.month.getTime() === month.getTime() ? row.reportedGigabytes : 0;
  const gigabytes = Math.max(0, wholeGigabytes(counted.overBytes) - reported);
  return { counted, gigabytes, reportedGigabytes: reported + gigabytes };
}

type Looked = ReturnType<typeof afterLook> & { readonly organizationId: string; readonly billing: Billing | null };

async function keep(tx: Transaction, looked: readonly Looked[], now: Date): Promise<void> {
  const ids = looked.map(({ organizationId }) => organizationId);
  const months = looked.map(({ counted }) => counted.month.toISOString().slice(0, 10));
  const [seen, over] = [
    looked.map(({ counted }) => String(counted.seenBytes)),
    looked.map(({ counted }) => String(counted.overBytes)),
  ];
  const reported = looked.map(({ reportedGigabytes }) => reportedGigabytes);
  await tx.$executeRaw`
    UPDATE "Overage" AS overage SET "month" = looked."month"::date, "seenBytes" = looked."seen"::bigint,
      "overBytes" = looked."over"::bigint, "reportedGigabytes" = looked."reported", "countedAt" = ${now}
    FROM unnest(${ids}::uuid[], ${months}::text[], ${seen}::text[], ${over}::text[], ${reported}::int[])
      AS looked ("id", "month", "seen", "over", "reported")
    WHERE overage."organizationId" = looked."id"`;
}

async function report(tx: Transaction, looked: readonly Looked[], createdAt: Date): Promise<void> {
  const data = looked.flatMap(({ organizationId, billing, gigabytes }) => {
    if (gigabytes === 0 || !billing) return [];
    const { customerId, isLive } = billing;
    return [{ id: newId(), organizationId, customerId, isLive, gigabytes, createdAt }];
  });
  if (data.length > 0) await tx.overageReport.createMany({ data });
}
