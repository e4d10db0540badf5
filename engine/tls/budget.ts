import { certificateFailureReason } from '@apployd/core/certificate';
import type { Engine } from '../engine.js';
import type { CertificateWork } from './certificate-work.js';

const weekMs = 7 * 86_400_000;
const lookAgainMs = 3_600_000;

/** Whether the authority would have issued too many first certificates below the base domain with this one. Then it waits. */
export async function waitsForBudget(engine: Engine, work: CertificateWork, hostname: string): Promise<boolean> {
  const { db, clock } = engine;
  const tail = `.${work.baseDomain}`;
  if (!hostname.endsWith(tail)) return false;
  const row = await db.certificate.findUnique({ where: { hostname }, select: { firstIssuedAt: true } });
  if (!row || row.firstIssuedAt) return false;
  const now = clock.now().getTime();
  const issued = await db.certificate.count({
    where: { hostname: { endsWith: tail }, firstIssuedAt: { gt: new Date(now - weekMs) } },
  });
  if (issued < work.namesAWeek) return false;
  const failureReason = certificateFailureReason('WEEKLY_BUDGET', hostname);
  const nextAttemptAt = new Date(now + lookAgainMs);
  await db.certificate.update({
    where: { hostname },
    data: { failureCode: 'WEEKLY_BUDGET', failureReason, nextAttemptAt },
  });
  return true;
}
