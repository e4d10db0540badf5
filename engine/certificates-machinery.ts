import { readFile } from 'node:fs/promises';
import { systemClock } from '@apployd/core/clock';
import type { Logger } from '@apployd/backplane/log/logger';
import type { Backplane } from '@apployd/backplane/open-backplane';
import { aesGcmSecretBox } from '@apployd/backplane/secret-box/aes-gcm';
import { acmeAccounts } from './certificates/acme-account.js';
import { tableChallenges } from './certificates/challenges.js';
import type { EngineConfig } from './config.js';
import type { CertificateWork } from './tls/certificate-work.js';

/** Null where no authority is configured. The client is loaded only where one is. */
export async function certificateWorkOf(
  config: EngineConfig,
  { db, secretBox, metrics }: Backplane,
  log: Logger,
): Promise<CertificateWork | null> {
  const { ENGINE_ACME_DIRECTORY: directory, APPLOYD_CERTIFICATE_SECRET: secret } = config;
  if (!directory || !secret) return null;
  const { acmeClientCertificates } = await import('./certificates/acme-client.js');
  const clock = systemClock;
  const authority = acmeClientCertificates({
    directory,
    email: config.ENGINE_ACME_EMAIL ?? null,
    ca: config.ENGINE_ACME_CA_FILE ? await readFile(config.ENGINE_ACME_CA_FILE, 'utf8') : null,
    accounts: acmeAccounts({ db, box: secretBox, log }),
    challenges: tableChallenges({ db, clock }),
    dns: null,
    clock,
  });
  return {
    authority,
    box: aesGcmSecretBox(secret),
    platformHostname: new URL(config.APPLOYD_PUBLIC_URL).hostname,
    baseDomain: config.APPLOYD_BASE_DOMAIN,
    hasWildcard: false,
    namesAWeek: config.ENGINE_ACME_NAMES_A_WEEK,
    outcomes: metrics.tally(
      'apployd_certificates_total',
      'Certificates that were ordered, by what came of it: ISSUED, or why not.',
      'outcome',
    ),
  };
}
