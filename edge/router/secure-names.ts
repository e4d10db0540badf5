import { createSecureContext, type SecureContext } from 'node:tls';
import { normalHostname, wildcardOver } from '@apployd/core/hostname';
import type { Certificate } from './router.js';

/** Certificates by host name. */
export type SecureNames = {
  put(certificates: readonly Certificate[]): void;
  forget(hostnames: readonly string[]): void;
  /** Whether visitors of this name may come over TLS: with a certificate that is not over. */
  has(hostname: string): boolean;
  /** For a handshake; undefined when there is no certificate for the name. Throws for one that is of no use. */
  context(hostname: string): SecureContext | undefined;
};

/** What a handshake needs is made at the first of a name, and kept for so many names. */
const mostContexts = 1_000;

export function secureNames(now: () => Date = () => new Date()): SecureNames {
  const byName = new Map<string, Certificate>();
  const contexts = new Map<Certificate, SecureContext>();

  const isValid = (certificate: Certificate | undefined) => certificate !== undefined && certificate.notAfter > now();

  const find = (hostname: string) => {
    const own = byName.get(hostname);
    if (isValid(own)) return own;
    const over = byName.get(wildcardOver(hostname) ?? '');
    return isValid(over) ? over : (own ?? over);
  };

  const replace = (hostname: string, next: Certificate | undefined) => {
    const name = normalHostname(hostname);
    const former = byName.get(name);
    if (former) contexts.delete(former);
    if (next) byName.set(name, next);
    else byName.delete(name);
  };

  const make = (certificate: Certificate) => {
    const context = createSecureContext({ cert: certificate.chain, key: certificate.key });
    const [oldest] = contexts.keys();
    if (contexts.size >= mostContexts && oldest) contexts.delete(oldest);
    contexts.set(certificate, context);
    return context;
  };

  return {
    put: (certificates) => certificates.forEach((each) => replace(each.hostname, each)),
    forget: (hostnames) => hostnames.forEach((each) => replace(each, undefined)),
    has: (hostname) => isValid(find(hostname)),
    context: (hostname) => {
      const certificate = find(normalHostname(hostname));
      return certificate && (contexts.get(certificate) ?? make(certificate));
    },
  };
}
