import { Prisma } from '@apployd/prisma/generated/client/client';
import type { GaugeReading } from '@apployd/backplane/metrics/gauge';
import type { Engine } from '../engine.js';
import type { CertificateWork } from './certificate-work.js';
import { isWanted } from './wanted.js';

/** How many seconds the certificate in use that ends first has left, below 0 once it has ended; null: there is none. */
export async function soonestExpiry(
  { db, clock }: Pick<Engine, 'db' | 'clock'>,
  work: CertificateWork,
): Promise<GaugeReading | null> {
  const [first] = await db.$queryRaw<{ hostname: string; notAfter: Date }[]>`
    SELECT c."hostname", c."notAfter" FROM "Certificate" AS c
    WHERE c."chain" IS NOT NULL AND c."notAfter" IS NOT NULL AND ${isWanted(work, Prisma.sql`c."hostname"`)}
    ORDER BY c."notAfter", c."hostname" LIMIT 1`;
  if (!first) return null;
  return { of: first.hostname, value: Math.round((first.notAfter.getTime() - clock.now().getTime()) / 1_000) };
}
