import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isCertifiable } from '@apployd/core/certificate';
import { systemClock } from '@apployd/core/clock';
import type { Logger } from '@apployd/backplane/log/logger';
import type { Backplane } from '@apployd/backplane/open-backplane';
import { aesGcmSecretBox } from '@apployd/backplane/secret-box/aes-gcm';
import { acmeAccounts } from './certificates/acme-account.js';
import { caaIdentities } from './certificates/caa-identities.js';
import type { Certificates } from './certificates/certificates.js';
import { tableChallenges } from './certificates/challenges.js';
import { dnsChallenges, type DnsChallenges } from './certificates/dns-challenges.js';
import type { EngineConfig } from './config.js';
import type { Dns } from './dns/dns.js';
import type { Resolver } from './resolver/resolver.js';
import type { CertificateWork } from './tls/certificate-work.js';

type Outside = { readonly dns: Dns; readonly resolver: Resolver; readonly log: Logger };

/** Null where no authority is configured. */
export async function certificateWorkOf(
  config: EngineConfig,
  backplane: Backplane,
  outside: Outside,
): Promise<CertificateWork | null> {
  const { ENGINE_ACME_DIRECTORY: directory, APPLOYD_CERTIFICATE_SECRET: secret } = config;
  if (!directory || !secret) return null;
  const places = challengesOf(config, outside);
  const ca = await readCa(config);
  return {
    authority: await authorityAt(directory, config, backplane, { dns: places, ca, log: outside.log }),
    identities: caaIdentities({ directory, ca, log: outside.log }),
    places,
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

function challengesOf(config: EngineConfig, { dns, resolver }: Outside): DnsChallenges | null {
  if (!canProveByDns(config)) return null;
  const { APPLOYD_BASE_DOMAIN: baseDomain, ENGINE_ACME_DNS_WAIT_SECONDS: waitSeconds } = config;
  return dnsChallenges({ dns, resolver, baseDomain, clock: systemClock, waitMs: waitSeconds * 1_000 });
}

/** Loads only the adapter that is chosen. */
async function authorityAt(
  directory: string,
  config: EngineConfig,
  { db, secretBox }: Backplane,
  { dns, ca, log }: { readonly dns: DnsChallenges | null; readonly ca: string | null; readonly log: Logger },
): Promise<Certificates> {
  const clock = systemClock;
  const { ENGINE_ACME_CA_FILE: caFile = null, ENGINE_ACME_EMAIL: email = null } = config;
  const proofs = { challenges: tableChallenges({ db, clock }), dns };
  if (config.ENGINE_ACME_CLIENT === 'certbot') {
    const { certbotCertificates } = await import('./certificates/certbot.js');
    const folder = path.resolve(config.APPLOYD_DATA, 'engine', 'certbot');
    return certbotCertificates({ program: 'certbot', folder, directory, caFile, email, log, ...proofs });
  }
  const { acmeClientCertificates } = await import('./certificates/acme-client.js');
  const accounts = acmeAccounts({ db, box: secretBox, log });
  return acmeClientCertificates({ directory, email, ca, accounts, clock, ...proofs });
}

async function readCa({ ENGINE_ACME_CA_FILE: caFile }: EngineConfig): Promise<string | null> {
  return caFile === undefined ? null : readFile(caFile, 'utf8');
}

/** Where people set records, nobody would in time. */
const canProveByDns = ({ ENGINE_DNS }: EngineConfig): boolean => ENGINE_DNS !== 'manual';
