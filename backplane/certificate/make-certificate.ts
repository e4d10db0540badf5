import { randomBytes, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { pem } from './pem.js';

/** PEM. */
export type MadeCertificate = { readonly chain: string; readonly key: string };

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;

/** A certificate that nobody vouches for but itself. Addresses count as names. */
export async function makeCertificate(options: {
  readonly names: readonly string[];
  readonly validMs?: number;
  readonly notBefore?: Date;
  /** Its holder may vouch for itself as an authority: for tests. */
  readonly isAuthority?: boolean;
}): Promise<MadeCertificate> {
  const { names, validMs = 3_650 * dayMs, notBefore = new Date(), isAuthority = false } = options;
  const serial = `00${randomBytes(15).toString('hex')}`;
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    // Its own: several that have one name are taken for each other.
    name: `CN=apployd ${serial}`,
    serialNumber: serial,
    ...{ notBefore, notAfter: new Date(notBefore.getTime() + validMs) },
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(isAuthority, undefined, true),
      new x509.SubjectAlternativeNameExtension(names.map(named)),
    ],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { chain: `${certificate.toString('pem')}\n`, key: pem('PRIVATE KEY', key) };
}

const named = (name: string): x509.JsonGeneralName => ({ type: /^[\d.]+$|:/.test(name) ? 'ip' : 'dns', value: name });
