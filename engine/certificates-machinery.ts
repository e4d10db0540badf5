import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isCertifiable } from '@apployd/core/certificate';
import { systemClock } from '@apployd/core/clock';
import type { Logger } from '@apployd/backplane/log/logger';
import type { Backplane } from '@apployd/backplane/open-backplane';
import { aesGcmSecretBox } from '@apployd/backplane/secret-box/aes-gcm';
import { acmeAccounts } from './certificates/acme-account.js';
import type { Certificates } from './certificates/certificates.js';
import { tableChallenges } from './certificates/challenges.js';
import { dnsChallenges } from './certificates/dns-challenges.js';
import type { EngineConfig } from './config.js';
import type { Dns } from './dns/dns.js';
import type { CertificateWork } from './tls/certificate-work.js';

/** Null where no authority is configured. */
export async function certificateWorkOf(
  config: EngineConfig,
  backplane: Backplane,
  { dns, log }: { readonly dns: Dns; readonly log: Logger },
): Promise<CertificateWork | null> {
  const { ENGINE_ACME_DIRECTORY: directory, APPLOYD_CERTIFICATE_SECRET: secret } = config;
  if (!directory || !secret) return null;
  return {
    authority: await authorityAt(directory, config, backplane, { dns, log }),
    directory,
    box: aesGcmSecretBox(secret),
    platformHostname: new URL(config.APPLOYD_PUBLIC_URL).hostname,
    baseDomain: config.APPLOYD_BASE_DOMAIN,
    hasWildcard: canProveByDns(config) && isCertifiable(config.APPLOYD_BASE_DOMAIN),
    namesAWeek: config.ENGINE_ACME_NAMES_A_WEEK,
    outcomes: backplane.metrics.tally(
      'apployd_certificates_total',
      'Certificates that were ordered, by what came of it: ISSUED, or why not.',
      'outcome',
    ),
  };
}

/** Loads only the adapter that is chosen. */
async function authorityAt(
  directory: string,
  config: EngineConfig,
  { db, secretBox }: Backplane,
  { dns, log }: { readonly dns: Dns; readonly log: Logger },
): Promise<Certificates> {
  const clock = systemClock;
  const waitMs = config.ENGINE_ACME_DNS_WAIT_SECONDS * 1_000;
  const { ENGINE_ACME_CA_FILE: caFile = null, ENGINE_ACME_EMAIL: email = null } = config;
  const proofs = {
    challenges: tableChallenges({ db, clock }),
    dns: canProveByDns(config) ? dnsChallenges({ dns, clock, waitMs }) : null,
  };
  if (config.ENGINE_ACME_CLIENT === 'certbot') {
    const { certbotCertificates } = await import('./certificates/certbot.js');
    const folder = path.resolve(config.APPLOYD_DATA, 'engine', 'certbot');
    return certbotCertificates({ program: 'certbot', folder, directory, caFile, email, log, ...proofs });
  }
  const { acmeClientCertificates } = await import('./certificates/acme-client.js');
  const ca = caFile === null ? null : await readFile(caFile, 'utf8');
  const accounts = acmeAccounts({ db, box: secretBox, log });
  return acmeClientCertificates({ directory, email, ca, accounts, clock, ...proofs });
}

/** Where people set records, nobody would in time. */
const canProveByDns = ({ ENGINE_DNS }: EngineConfig): boolean => ENGINE_DNS !== 'manual';
