import type { Transaction } from './create-db.js';

/** Reasons that are not the host name's own: what the authority or the others allow does not change with it. */
const notItsOwn = ['RATE_LIMITED', 'WEEKLY_BUDGET', 'ORGANIZATION_SHARE'];

/** Something has changed about the host name: what it lacks is ordered at once, as if nothing had failed yet. */
export async function retryCertificate(tx: Transaction, hostname: string, now: Date): Promise<void> {
  await tx.certificate.updateMany({
    where: {
      hostname,
      AND: [
        { OR: [{ chain: null }, { failureCode: { not: null } }] },
        { OR: [{ failureCode: null }, { failureCode: { notIn: notItsOwn } }] },
      ],
    },
    data: { attempts: 0, nextAttemptAt: now },
  });
}
