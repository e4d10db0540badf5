import { createPrivateKey, X509Certificate } from 'node:crypto';
import { CertificateFailure, type IssuedCertificate } from '../certificates/certificates.js';

/** From when to when it is valid, and when the next one is due: after two thirds of its life, each a little earlier than that. */
export function readCertificate(
  hostname: string,
  { chain, key }: IssuedCertificate,
  random: () => number = Math.random,
) {
  const certificate = read(chain);
  const proven = hostname.replace(/^\*\./, 'any.');
  if (!certificate.checkHost(proven)) throw unusable(`it is not for ${hostname}`);
  if (!certificate.checkPrivateKey(createPrivateKey(key))) throw unusable('it does not fit its key');
  const [notBefore, notAfter] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
  const lifeMs = notAfter.getTime() - notBefore.getTime();
  const renewAfter = new Date(notBefore.getTime() + Math.round(lifeMs * (2 / 3 - random() * jitter)));
  return { notBefore, notAfter, renewAfter };
}

/** Of its life: what was issued together is not renewed together. */
const jitter = 1 / 20;

function read(chain: string): X509Certificate {
  try {
    return new X509Certificate(chain);
  } catch (error) {
    throw unusable(error instanceof Error ? error.message : String(error));
  }
}

const unusable = (why: string) => new CertificateFailure('AUTHORITY_FAILED', `What was issued is of no use: ${why}.`);
