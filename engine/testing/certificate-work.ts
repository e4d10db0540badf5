import { makeCertificate } from '@apployd/backplane/certificate/make-certificate';
import { tallyOf } from '@apployd/backplane/metrics/tally';
import { aesGcmSecretBox } from '@apployd/backplane/secret-box/aes-gcm';
import { fakeCertificates } from '../certificates/fake.js';
import type { CertificateWork } from '../tls/certificate-work.js';

/** How an engine of a test keeps certificates: from an authority that issues, until it is told otherwise. */
export function certificateWork(options: Partial<Pick<CertificateWork, 'hasWildcard' | 'namesAWeek' | 'places'>> = {}) {
  const authority = fakeCertificates((hostname) => makeCertificate({ names: [hostname], validMs: 90 * 86_400_000 }));
  return {
    authority,
    directory: 'https://authority.test/directory',
    identities: async () => ['authority.test'],
    box: aesGcmSecretBox('what engine and edges of a test share'),
    platformHostname: 'deploy.example.test',
    baseDomain: 'apps.example.test',
    places: null,
    hasWildcard: false,
    namesAWeek: 45,
    outcomes: tallyOf('certificates', 'What came of orders.', 'outcome'),
    ...options,
  };
}
