import { certificateWarningAt, certificateWarningsMs } from '@apployd/core/certificate';
import type { Transaction } from '@apployd/prisma/create-db';
import { Prisma } from '@apployd/prisma/generated/client/client';
import { transactAndTell } from '@apployd/backplane/events/transact-and-tell';
import { operators, whoSeesToDomains } from '../domain/who-sees-to-it.js';
import type { Engine } from '../engine.js';
import { queueMails } from '../mail/queue-mails.js';
import { appendCertificateEvent } from './append-event.js';
import type { CertificateWork } from './certificate-work.js';
import { isWanted } from './wanted.js';
import { warningMail } from './warning-mail.js';

/** So many at a time; the others come with the next turn. */
const most = 100;
/** So long after a renewal is due it is late, though nothing has failed: nobody orders, or its name leads elsewhere. */
const lateMs = 86_400_000;

type Due = { readonly hostname: string; readonly notAfter: Date; readonly failureReason: string | null };

/**
 * Tells that certificates are not renewed, by mail and by an event: when a renewal has failed for the first time, and again
 * when seven days and when one day are left. Of a customer's own domain those are told who see to it, of the platform's names
 * its operators. Each is told once of each certificate, whichever engine looks.
 */
export async function warnOfExpiry(engine: Engine, signal: AbortSignal): Promise<void> {
  const { certificates } = engine;
  if (!certificates) return;
  for (const due of await findDue(engine, certificates)) {
    signal.throwIfAborted();
    await warn(engine, due);
  }
}

/** What passes by itself, and what nobody who sees to a domain can mend. */
const nobodysFault = [
  ...['WEEKLY_BUDGET', 'ORGANIZATION_SHARE', 'RATE_LIMITED'],
  ...['AUTHORITY_UNREACHABLE', 'AUTHORITY_FAILED', 'DNS_PROVIDER_FAILED'],
];

/** What waits for its share, or for the authority, has not failed for good, until its end is near. */
function findDue({ db, clock }: Engine, work: CertificateWork): Promise<Due[]> {
  const now = clock.now();
  const until = (ms: number) => new Date(now.getTime() + ms);
  const [, soonMs, soonestMs] = certificateWarningsMs;
  return db.$queryRaw<Due[]>`
    SELECT c."hostname", c."notAfter", c."failureReason" FROM "Certificate" AS c
    WHERE c."chain" IS NOT NULL AND c."notAfter" IS NOT NULL
      AND (c."failureCode" IS NOT NULL OR c."renewAfter" <= ${until(-lateMs)})
      AND (coalesce(c."failureCode", '') <> ALL(${nobodysFault}) OR c."notAfter" <= ${until(soonMs)})
      AND ${isWanted(work, Prisma.sql`c."hostname"`)}
      AND NOT EXISTS (SELECT 1 FROM "CertificateWarning" AS told
        WHERE told."hostname" = c."hostname" AND told."notAfter" = c."notAfter"
          AND told."stage" >= 1 + (c."notAfter" <= ${until(soonMs)})::int + (c."notAfter" <= ${until(soonestMs)})::int)
    ORDER BY c."notAfter", c."hostname" LIMIT ${most}`;
}

async function warn(engine: Engine, due: Due): Promise<void> {
  const { hostname, notAfter, failureReason: reason } = due;
  const now = engine.clock.now();
  const mailIds = await transactAndTell(engine, async (tx) => {
    if (!(await note(tx, due, certificateWarningAt(notAfter.getTime() - now.getTime())))) return [];
    await appendCertificateEvent(tx, hostname, 'certificate.expiring', { notAfter: notAfter.toISOString(), reason });
    const told = { hostname, notAfter, reason, now, publicUrl: engine.settings.publicUrl };
    return queueMails(engine, tx, await whoSeesTo(tx, hostname), (to) => warningMail({ ...told, to }));
  });
  engine.log.error({ hostname, notAfter, reason, told: mailIds.length }, 'a certificate is not renewed');
  for (const mailId of mailIds) await engine.jobs.ask('mail', mailId);
}

/** False when another engine has told it since the look. */
async function note(tx: Transaction, { hostname, notAfter }: Due, stage: number): Promise<boolean> {
  const data = { hostname, notAfter, stage };
  const { count } = await tx.certificateWarning.createMany({ data, skipDuplicates: true });
  // Of former certificates nobody is told any more.
  await tx.certificateWarning.deleteMany({ where: { hostname, notAfter: { lt: notAfter } } });
  return count === 1;
}

async function whoSeesTo(tx: Transaction, hostname: string): Promise<readonly string[]> {
  const where = { name: hostname, verifiedAt: { not: null } };
  const domain = await tx.domain.findFirst({ where, select: { organizationId: true } });
  return domain ? whoSeesToDomains(tx, domain.organizationId) : operators(tx);
}
