import type { Domain } from '@apployd/sdk';
import { Notice } from '../../ui/notice.js';
import { exactOf } from '../../ui/time-format.js';
import { useZone } from '../../ui/zone.js';

type Certificate = NonNullable<Domain['certificate']>;

/** Whether the domain is served over HTTPS, until when, and what is in the way. */
export function CertificateLine({ certificate }: { readonly certificate: Certificate }) {
  const zone = useZone();
  const { status, expiresAt, problemMessage, nextAttemptAt } = certificate;
  if (problemMessage) {
    const title = expiresAt
      ? `Its certificate is good until ${exactOf(expiresAt, zone)}, and could not be renewed.`
      : 'It has no certificate yet.';
    return (
      <Notice row tone="warn" title={title}>
        {problemMessage} It is tried again at {exactOf(nextAttemptAt, zone)}.
      </Notice>
    );
  }
  return (
    <p className="border-t border-line px-4 py-2.5 text-sm text-muted lg:px-5">
      {status === 'ISSUED' && expiresAt
        ? `Certificate until ${exactOf(expiresAt, zone)}; it is renewed by itself.`
        : 'Its certificate is being ordered.'}
    </p>
  );
}
