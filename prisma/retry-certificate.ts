import type { Transaction } from './create-db.js';

/** Reasons that are not the host name's own: what the authority or the others allow does not change with it. */
const notItsOwn = ['RATE_LIMITED', 'WEEKLY_BUDGET', 'ORGANIZATION_SHARE'];

/**
 * Something has changed about the host name: what it lacks is ordered at once, as if nothing had failed yet, or from when
 * the authority allows it.
 */
export async function retryCertificate(tx: Transaction, hostname: string, now: Date): Promise<void> {
  await tx.$executeRaw`
    UPDATE "Certificate" SET "attempts" = 0, "nextAttemptAt" = greatest(${now}, "retryAfter")
    WHERE "hostname" = ${hostname} AND ("chain" IS NULL OR "failureCode" IS NOT NULL)
      AND ("failureCode" IS NULL OR "failureCode" <> ALL(${notItsOwn}))`;
}
