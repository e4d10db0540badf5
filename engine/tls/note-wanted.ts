import { isCertifiable } from '@apployd/core/certificate';
import { Prisma } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import type { CertificateWork } from './certificate-work.js';
import { isNotCovered, leadsSomewhere, ownNames } from './wanted.js';

const pageSize = 1_000;

/** Makes a row for each host name that is to have a certificate and has none yet. */
export async function noteWanted({ db, clock }: Pick<Engine, 'db' | 'clock'>, work: CertificateWork): Promise<void> {
  const note = async (hostnames: readonly string[]) => {
    const nextAttemptAt = clock.now();
    const data = hostnames.filter(isCertifiable).map((hostname) => ({ hostname, nextAttemptAt }));
    if (data.length > 0) await db.certificate.createMany({ data, skipDuplicates: true });
  };
  await note(ownNames(work));
  for (let last = ''; ;) {
    const page = await missing(db, work, last);
    await note(page);
    if (page.length < pageSize) return;
    last = page.at(-1) ?? last;
  }
}

async function missing(db: Engine['db'], work: CertificateWork, after: string): Promise<readonly string[]> {
  const name = Prisma.sql`r."hostname"`;
  const rows = await db.$queryRaw<{ hostname: string }[]>`
    SELECT r."hostname" FROM "Route" AS r
    WHERE r."hostname" > ${after} AND ${isNotCovered(work, name)} AND ${leadsSomewhere(name)}
      AND NOT EXISTS (SELECT 1 FROM "Certificate" AS certificate WHERE certificate."hostname" = r."hostname")
    ORDER BY r."hostname" LIMIT ${pageSize}`;
  return rows.map(({ hostname }) => hostname);
}
