import { Prisma } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import type { CertificateWork } from './certificate-work.js';
import { forgetOrders } from './daily-orders.js';
import { leadsSomewhere, ownNames } from './wanted.js';

const most = 500;

/** Deletes answers that no authority asks for any more, and what was for host names that lead nowhere, once it is expired. */
export async function forgetCertificates(
  { db, clock }: Pick<Engine, 'db' | 'clock'>,
  work: CertificateWork,
): Promise<void> {
  const now = clock.now();
  await db.acmeChallenge.deleteMany({ where: { expiresAt: { lte: now } }, limit: most });
  await forgetOrders({ db, clock }, most);
  await db.$executeRaw`
    DELETE FROM "Certificate" WHERE "hostname" IN (
      SELECT c."hostname" FROM "Certificate" AS c
      WHERE coalesce(c."notAfter", c."nextAttemptAt") <= ${now} AND c."hostname" <> ALL(${[...ownNames(work)]})
        AND NOT ${leadsSomewhere(Prisma.sql`c."hostname"`)}
      LIMIT ${most})`;
}
