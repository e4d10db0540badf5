import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { normalHostname, probeHeader } from '@apployd/core/hostname';
import type { Destination } from './destination.js';
import { errorAnswer, redirectAnswer, type OwnAnswer } from './own-answer.js';
import type { TlsOptions } from './router.js';
import type { SecureNames } from './secure-names.js';
import { isEncrypted } from './visit.js';

/** For a month at a time: an operator who gives TLS up is not locked out for longer. */
export const strictTransport = 'max-age=2592000';

/** What TLS asks of a visit before anybody is asked; null: it goes on. */
export function secureVisit(tls: TlsOptions | undefined, names: SecureNames) {
  return (req: IncomingMessage): OwnAnswer | null => {
    if (!tls) return null;
    const hostname = normalHostname(req.headers.host ?? '');
    if (isEncrypted(req)) return isFor(req, hostname) ? null : errorAnswer('MISDIRECTED', req.headers.accept);
    const { publicPort } = tls;
    if (publicPort === null || !names.has(hostname) || saysSecure(req) || req.headers[probeHeader]) return null;
    const port = publicPort === 443 ? '' : `:${publicPort}`;
    return redirectAnswer({ status: 308, location: `https://${hostname}${port}${req.url ?? '/'}` });
  };
}

/** Whether browsers may be told to stay with TLS: for the platform's own names, never for a customer's. */
export function mayBeStrict(tls: TlsOptions | undefined, { hostname, environmentId }: Destination): boolean {
  return tls !== undefined && (environmentId === null || hostname.endsWith(`.${tls.baseDomain}`));
}

/** One connection is for one name, whatever else its certificate would serve: what it carries is counted for that one. */
function isFor(req: IncomingMessage, hostname: string): boolean {
  const { servername } = req.socket as TLSSocket & { readonly servername?: string | false };
  return typeof servername === 'string' && normalHostname(servername) === hostname;
}

/**
 * A proxy in front has taken TLS off already, or anybody says so: many proxies that come by plain HTTP would be sent on in
 * an endless circle. Who lies stays on the plain connection of their own.
 */
function saysSecure(req: IncomingMessage): boolean {
  return /^\s*https\s*(,|$)/.test(String(req.headers['x-forwarded-proto'] ?? ''));
}
