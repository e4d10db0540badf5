import { backoffMs } from '@apployd/core/backoff';
import { certificateFailureReason, certificateKeyContext } from '@apployd/core/certificate';
import { transactAndTell } from '@apployd/backplane/events/transact-and-tell';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Certificate } from '@apployd/prisma/generated/client/client';
import { CertificateFailure, type IssuedCertificate } from '../certificates/certificates.js';
import type { Engine } from '../engine.js';
import { appendCertificateEvent } from './append-event.js';
import { after, beginAttempt } from './attempt.js';
import type { CertificateWork } from './certificate-work.js';
import { giveBack } from './daily-orders.js';
import { pauseAfter } from './pause.js';
import { readCertificate } from './read-certificate.js';

/** Orders a certificate, one engine at a time. Whatever comes of it is in the row; what serves stays until there is another. */
export async function obtain(
  engine: Engine,
  work: CertificateWork,
  hostname: string,
  signal: AbortSignal,
): Promise<void> {
  const { leases, settings } = engine;
  await leases.hold(`certificate:${hostname}`, settings.leaseMs, async (_, lost) => {
    const attempt = await beginAttempt(engine, work, hostname);
    if (!attempt) return;
    const { row, counted } = attempt;
    const stop = AbortSignal.any([signal, lost]);
    try {
      const issued = await work.authority.issue(hostname, stop);
      await keep(engine, work, row, issued, stop);
    } catch (error) {
      if (signal.aborted || lost.aborted) return;
      await noteFailure(engine, work, row, error);
      await giveBack(engine.db, counted, error);
      await pauseAfter(engine, work, hostname, error);
    }
  });
}

/** What was kept meanwhile stays; that attempts were counted anew changes nothing. */
async function keep(
  engine: Engine,
  { box, outcomes }: CertificateWork,
  { hostname, version: former, firstIssuedAt, failureCode }: Certificate,
  issued: IssuedCertificate,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log, events } = engine;
  const { notBefore, notAfter, renewAfter } = readCertificate(hostname, issued);
  const sealedKey = box.seal(issued.key, certificateKeyContext(hostname));
  const write = async (tx: Transaction) => {
    const route = await tx.route.findUnique({ where: { hostname }, select: { organizationId: true } });
    const { version } = await tx.certificateVersion.update({ where: { id: 1 }, data: { version: { increment: 1 } } });
    const { count } = await tx.certificate.updateMany({
      where: { hostname, version: former },
      data: {
        ...{ status: 'ISSUED', failureCode: null, failureReason: null, retryAfter: null, attempts: 0, version },
        ...{ chain: issued.chain, sealedKey, notBefore, notAfter, renewAfter, nextAttemptAt: renewAfter },
        ...(firstIssuedAt ? {} : { firstIssuedAt: clock.now(), firstFor: route?.organizationId }),
      },
    });
    if (count === 1 && (!firstIssuedAt || failureCode))
      await appendCertificateEvent(tx, hostname, 'certificate.issued', { notAfter: notAfter.toISOString() });
    return count === 1;
  };
  if (!(await patiently(engine, hostname, signal, () => transactAndTell(engine, write)))) return;
  outcomes.add('ISSUED');
  log.info({ hostname, notAfter }, 'a certificate was issued');
  events.publish('certificate', hostname);
}

/** Authorities give few: one that was given is not thrown away because the database was away for a moment. */
async function patiently<T>(
  { clock, log }: Engine,
  hostname: string,
  signal: AbortSignal,
  keepIt: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await keepIt();
    } catch (error) {
      if (attempt === mostKeeping || signal.aborted) throw error;
      log.warn({ err: error, hostname, attempt }, 'a certificate was issued and could not be kept yet');
      await clock.sleep(backoffMs(attempt, ...keepingPauseMs), signal);
    }
  }
}

/** Half a minute in all, or a little less. */
const mostKeeping = 6;
const keepingPauseMs = [1_000, 15_000] as const;

async function noteFailure(
  engine: Engine,
  { outcomes }: CertificateWork,
  row: Certificate,
  error: unknown,
): Promise<void> {
  const { clock, log, events } = engine;
  const { hostname, attempts, notAfter } = row;
  const { code, notBefore: retryAfter } = error instanceof CertificateFailure ? error : { code: ours, notBefore: null };
  const now = clock.now();
  const failureReason = certificateFailureReason(code, hostname);
  const status = notAfter && notAfter > now ? 'ISSUED' : 'FAILED';
  const nextAttemptAt = await transactAndTell(engine, async (tx) => {
    const written = await noteIn(tx, row, { status, failureCode: code, failureReason, retryAfter }, now);
    if (written && code !== row.failureCode)
      await appendCertificateEvent(tx, hostname, 'certificate.failed', { code, reason: failureReason });
    return written;
  });
  outcomes.add(code);
  log.error({ err: error, hostname, code, attempts, nextAttemptAt, notAfter }, 'a certificate was not issued');
  events.publish('certificate', hostname);
}

const ours = 'AUTHORITY_FAILED' as const;

type Failed = Pick<Certificate, 'status' | 'failureCode' | 'failureReason' | 'retryAfter'>;

/** When it is tried again; null where it was overtaken. Where attempts were counted anew meanwhile (`retryCertificate`), this one is the first. */
async function noteIn(
  tx: Transaction,
  { hostname, version, attempts }: Certificate,
  failed: Failed,
  now: Date,
): Promise<Date | null> {
  const write = async (seen: number, counted: number) => {
    const again = after(now, counted);
    const nextAttemptAt = failed.retryAfter && failed.retryAfter > again ? failed.retryAfter : again;
    const data = { ...failed, attempts: counted, nextAttemptAt };
    const { count } = await tx.certificate.updateMany({ where: { hostname, version, attempts: seen }, data });
    return count === 1 ? nextAttemptAt : null;
  };
  return (await write(attempts, attempts)) ?? (await write(0, 1));
}
