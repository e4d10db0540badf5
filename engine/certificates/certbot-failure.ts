import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { failureOf, notBeforeOf } from './acme-failure.js';
import { CertificateFailure } from './certificates.js';

/** Why certbot gave up: in its log are the authority's own words, of which the last count. */
export async function certbotFailure(work: string, error: unknown): Promise<CertificateFailure> {
  const log = await readFile(path.join(work, 'logs', 'letsencrypt.log'), 'utf8').catch(() => '');
  const problems = [
    ...log.matchAll(/"type":\s*"(urn:ietf:params:acme:error:\w+)",\s*"detail":\s*("(?:[^"\\]|\\.)*")/g),
  ];
  // Only an order has such an address.
  const wasOrdered = log.includes('"finalize":');
  const last = problems.filter(([, type]) => !type?.endsWith(':badNonce')).at(-1);
  if (last) {
    const [, type = '', detail = '""'] = last;
    const wait = [...log.matchAll(/Retry-After: (.+)/gi)].at(-1)?.[1]?.trim();
    const isLimit = type.endsWith(':rateLimited');
    const notBefore = isLimit ? notBeforeOf(wait, new Date()) : null;
    return failureOf({ type, detail: String(JSON.parse(detail)) }, { notBefore, wasOrdered });
  }
  const isAway = /ConnectionError|Max retries exceeded|Timeout|Temporary failure in name resolution/.test(log);
  const words = error instanceof Error ? error.message.slice(0, 500) : String(error);
  return new CertificateFailure(isAway ? 'AUTHORITY_UNREACHABLE' : 'AUTHORITY_FAILED', words, { wasOrdered });
}
