import { CertificateFailure } from '../certificates/certificates.js';
import type { Engine } from '../engine.js';
import type { CertificateWork } from './certificate-work.js';

/** Where the authority names no time. */
const usualMs = 3_600_000;

/** Whether the authority takes nothing at present, whichever host name it is for. */
export async function isPaused({ db, clock }: Engine, { directory }: CertificateWork): Promise<boolean> {
  const pause = await db.acmePause.findUnique({ where: { directory } });
  return pause !== null && pause.until > clock.now();
}

/** After a refusal that is for more than this host name, nothing is ordered for a while, by no engine. */
export async function pauseAfter(
  { db, clock, log }: Engine,
  { directory }: CertificateWork,
  hostname: string,
  error: unknown,
): Promise<void> {
  if (!(error instanceof CertificateFailure) || error.code !== 'RATE_LIMITED' || isOf(hostname, error.message)) return;
  const until = error.notBefore ?? new Date(clock.now().getTime() + usualMs);
  // Of several refusals the one that asks for most counts.
  await db.$executeRaw`
    INSERT INTO "AcmePause" AS pause ("directory", "until") VALUES (${directory}, ${until})
    ON CONFLICT ("directory") DO UPDATE SET "until" = greatest(pause."until", EXCLUDED."until")`;
  log.error({ err: error, until }, 'the certificate authority takes no orders for a while, and none are made');
}

/** Authorities say which name, or which domain above it, they have issued or refused too much for, when it is that. */
function isOf(hostname: string, words: string): boolean {
  const name = hostname.replace(/^\*\./, '');
  const named = words.toLowerCase().match(/[a-z0-9-]+(?:\.[a-z0-9-]+)+/g) ?? [];
  return /exact set of/i.test(words) || named.some((each) => each === name || name.endsWith(`.${each}`));
}
