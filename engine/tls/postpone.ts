import { certificateFailureReason, type CertificateFailureCode } from '@apployd/core/certificate';
import { transactAndTell } from '@apployd/backplane/events/transact-and-tell';
import type { Certificate } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { appendCertificateEvent } from './append-event.js';

/** Says why it is not ordered yet, and looks again then. It counts as no attempt. */
export async function postpone(
  engine: Pick<Engine, 'db' | 'events'>,
  { hostname, attempts, failureCode }: Certificate,
  code: CertificateFailureCode,
  nextAttemptAt: Date,
): Promise<void> {
  const reason = certificateFailureReason(code, hostname);
  await transactAndTell(engine, async (tx) => {
    const data = { failureCode: code, failureReason: reason, nextAttemptAt };
    const { count } = await tx.certificate.updateMany({ where: { hostname, attempts }, data });
    if (count === 1 && failureCode !== code)
      await appendCertificateEvent(tx, hostname, 'certificate.failed', { code, reason });
  });
  engine.events.publish('certificate', hostname);
}
