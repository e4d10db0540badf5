import { Prisma } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { waitForBudget } from './budget.js';
import type { CertificateWork } from './certificate-work.js';
import { isNotCovered, isNotAstray, leadsSomewhere, ownNames } from './wanted.js';

/** Host names whose first certificate, or next one, is to be ordered now: the two kinds take turns, and organizations among each. */
export async function dueCertificates(
  { db, clock }: Pick<Engine, 'db' | 'clock'>,
  work: CertificateWork,
  most: number,
): Promise<readonly string[]> {
  const name = Prisma.sql`c."hostname"`;
  const waits = await waitForBudget({ db, clock }, work);
  const rows = await db.$queryRaw<{ hostname: string }[]>`
    WITH due AS (
      SELECT c."hostname", c."nextAttemptAt", c."chain" IS NULL AS "isFirst", row_number() OVER (
        PARTITION BY c."chain" IS NULL, own."organizationId" ORDER BY c."nextAttemptAt", c."hostname") AS turn
      FROM "Certificate" AS c LEFT JOIN "Route" AS own ON own."hostname" = c."hostname"
      WHERE c."nextAttemptAt" <= ${clock.now()} AND NOT ${waits} AND (c."hostname" = ANY(${[...ownNames(work)]})
        OR (${isNotCovered(work, name)} AND ${leadsSomewhere(name)} AND ${isNotAstray(name)}))
    ), placed AS (
      SELECT "hostname", "isFirst", row_number() OVER (
        PARTITION BY "isFirst" ORDER BY turn, "nextAttemptAt", "hostname") AS place FROM due
    )
    SELECT "hostname" FROM placed ORDER BY place, "isFirst" LIMIT ${most}`;
  return rows.map(({ hostname }) => hostname);
}
