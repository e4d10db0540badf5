import type { Period } from '@apployd/core/usage';
import type { Transaction } from './create-db.js';

/** What a project has sent in a month, those that are erased among them. */
export type SentBytes = {
  readonly organizationId: string;
  readonly projectId: string;
  readonly bytesOut: bigint;
  /** Of these, what it sent under a limit, of now or of before: that takes nothing of the pool, and is never charged. */
  readonly beyondBytes: bigint;
  readonly mostSliceBytes: bigint | null;
  readonly mostRestBytes: bigint | null;
};

/** What the projects of these organizations have sent in a month, the same for whoever limits them and whoever charges. */
export function sentBytes(
  tx: Transaction,
  organizationIds: readonly string[],
  { start, end }: Period,
): Promise<readonly SentBytes[]> {
  return tx.$queryRaw<SentBytes[]>`
    SELECT month."organizationId", month."projectId", month."bytesOut", month."mostSliceBytes", month."mostRestBytes",
      month."bytesBeyond" + greatest(0, month."bytesOut" - coalesce(held."bytesOutBefore", month."bytesOut"))
        AS "beyondBytes"
    FROM "UsageMonth" AS month
    LEFT JOIN "ProjectBandwidthLimit" AS held ON held."projectId" = month."projectId" AND held."until" = ${end}
    WHERE month."organizationId" = ANY(${organizationIds}::uuid[]) AND month."month" = ${start}::date`;
}

/** What of that takes of each organization's pool, of those that have sent anything. */
export function countedBytes(sent: readonly SentBytes[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { organizationId, bytesOut, beyondBytes } of sent) {
    sums.set(organizationId, (sums.get(organizationId) ?? 0) + Math.max(0, Number(bytesOut - beyondBytes)));
  }
  return sums;
}
