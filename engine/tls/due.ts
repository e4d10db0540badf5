import { Prisma } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import type { CertificateWork } from './certificate-work.js';
import { isNotCovered, leadsSomewhere, ownNames } from './wanted.js';

/** Host names whose first certificate, or next one, is to be ordered now; those that have none come first. */
export async function dueCertificates(
  { db, clock }: Pick<Engine, 'db' | 'clock'>,
  work: CertificateWork,
  most: number,
): Promise<readonly string[]> {
  const name = Prisma.sql`c."hostname"`;
  const rows = await db.$queryRaw<{ hostname: string }[]>`
    SELECT c."hostname" FROM "Certificate" AS c
    WHERE c."nextAttemptAt" <= ${clock.now()}
      AND (c."hostname" = ANY(${[...ownNames(work)]}) OR (${isNotCovered(work, name)} AND ${leadsSomewhere(name)}))
    ORDER BY c."chain" IS NOT NULL, c."nextAttemptAt" LIMIT ${most}`;
  return rows.map(({ hostname }) => hostname);
}
