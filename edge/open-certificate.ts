import { createPrivateKey, X509Certificate } from 'node:crypto';
import { certificateKeyContext } from '@apployd/core/certificate';
import type { Logger } from '@apployd/backplane/log/logger';
import type { SecretBox } from '@apployd/backplane/secret-box/secret-box';
import type { SealedCertificate } from './certificate-store.js';
import type { Certificate } from './router/router.js';

/** As a router takes it. One that is of no use keeps nobody from the others, and what serves meanwhile goes on. */
export function openCertificate(sealed: SealedCertificate, box: SecretBox, log: Logger): Certificate[] {
  const { hostname, chain, sealedKey } = sealed;
  try {
    const key = box.open(Buffer.from(sealedKey, 'base64'), certificateKeyContext(hostname));
    return [{ hostname, chain, key, notAfter: notAfterOf(chain, key) }];
  } catch (error) {
    log.error({ err: error, hostname }, 'a certificate, or its key, is of no use, and it is left out');
    return [];
  }
}

function notAfterOf(chain: string, key: string): Date {
  const certificate = new X509Certificate(chain);
  if (!certificate.checkPrivateKey(createPrivateKey(key))) throw new Error('It does not fit its key.');
  return new Date(certificate.validTo);
}
