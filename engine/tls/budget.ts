import type { CertificateFailureCode } from '@apployd/core/certificate';
import { Prisma, type Certificate } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import type { CertificateWork } from './certificate-work.js';
import { postpone } from './postpone.js';
import { leadsSomewhere } from './wanted.js';

const weekMs = 7 * 86_400_000;
const lookAgainMs = 3_600_000;
/** First certificates below the base domain that an organization gets within a week while others wait for theirs. */
const shareAWeek = 5;

const weeklyBudget = 'WEEKLY_BUDGET' satisfies CertificateFailureCode;

/** Which certificates wait for the week's budget, and have said so, while it is spent: they take nobody's place in a run. */
export async function waitForBudget(
  { db, clock }: Pick<Engine, 'db' | 'clock'>,
  work: CertificateWork,
): Promise<Prisma.Sql> {
  const tail = `.${work.baseDomain}`;
  const lately = new Date(clock.now().getTime() - weekMs);
  const spent = await db.certificate.count({ where: { hostname: { endsWith: tail }, firstIssuedAt: { gt: lately } } });
  return Prisma.sql`(${spent >= work.namesAWeek} AND c."failureCode" IS NOT DISTINCT FROM ${weeklyBudget})`;
}

/** Whether the authority would have issued too many first certificates below the base domain with this one. Then it waits. */
export async function waitsForBudget(
  engine: Engine,
  work: CertificateWork,
  row: Certificate,
  organizationId: string,
): Promise<boolean> {
  const tail = `.${work.baseDomain}`;
  if (row.firstIssuedAt || !row.hostname.endsWith(tail)) return false;
  const now = engine.clock.now();
  const lately = new Date(now.getTime() - weekMs);
  const code = await inTheWay(engine, { most: work.namesAWeek, tail, lately, organizationId });
  if (code) await postpone(engine, row, code, new Date(now.getTime() + lookAgainMs));
  return code !== null;
}

type Week = {
  readonly most: number;
  readonly tail: string;
  readonly lately: Date;
  readonly organizationId: string;
};

async function inTheWay({ db }: Engine, { most, tail, lately, organizationId }: Week) {
  const issued = { hostname: { endsWith: tail }, firstIssuedAt: { gt: lately } };
  if ((await db.certificate.count({ where: issued })) >= most) return weeklyBudget;
  if ((await db.certificate.count({ where: { ...issued, firstFor: organizationId } })) < shareAWeek) return null;
  return (await othersWait(db, tail, lately, organizationId)) ? ('ORGANIZATION_SHARE' as const) : null;
}

/** Whether there is another organization that has not had its share, and a name of it that nothing but its turn is missing for. */
async function othersWait(db: Engine['db'], tail: string, lately: Date, organizationId: string): Promise<boolean> {
  const name = Prisma.sql`c."hostname"`;
  const rows = await db.$queryRaw`
    SELECT 1 FROM "Certificate" AS c JOIN "Route" AS own ON own."hostname" = c."hostname"
    WHERE c."firstIssuedAt" IS NULL AND right(c."hostname", length(${tail})) = ${tail}
      AND (c."failureCode" IS NULL OR c."failureCode" IN ('WEEKLY_BUDGET', 'ORGANIZATION_SHARE'))
      AND own."organizationId" <> ${organizationId}::uuid AND ${leadsSomewhere(name)}
      AND ${shareAWeek} > (SELECT count(*) FROM "Certificate" AS had WHERE had."firstFor" = own."organizationId"
        AND had."firstIssuedAt" > ${lately} AND right(had."hostname", length(${tail})) = ${tail})
    LIMIT 1`;
  return Array.isArray(rows) && rows.length > 0;
}
