import type { CertificateFailureCode } from '@apployd/core/certificate';
import { CertificateFailure } from './certificates.js';

/** What an authority says is wrong (RFC 8555, 6.7). */
export type Problem = { readonly type?: string; readonly detail?: string };

const prefix = 'urn:ietf:params:acme:error:';

const codes: Readonly<Record<string, CertificateFailureCode>> = {
  dns: 'DNS_FAILED',
  connection: 'UNREACHABLE',
  tls: 'UNREACHABLE',
  unauthorized: 'WRONG_ANSWER',
  incorrectResponse: 'WRONG_ANSWER',
  caa: 'CAA_FORBIDS',
  rateLimited: 'RATE_LIMITED',
  rejectedIdentifier: 'NAME_REFUSED',
  unsupportedIdentifier: 'NAME_REFUSED',
};

const mostWords = 500;

/** As one of ours, whatever the authority calls it. */
export function failureOf(
  problem: Problem,
  said: Partial<Pick<CertificateFailure, 'notBefore' | 'wasOrdered'>> = {},
): CertificateFailure {
  const type = String(problem.type ?? '').replace(prefix, '');
  const words = `${type || 'unknown'}: ${String(problem.detail ?? '')}`.replace(/\s+/g, ' ').slice(0, mostWords);
  return new CertificateFailure(codeOf(type, words), words, said);
}

/** Some authorities call it a failed connection when they find no address, and say so in their words alone. */
function codeOf(type: string, words: string): CertificateFailureCode {
  if (type === 'connection' && /resolv|no such host|servfail|nxdomain/i.test(words)) return 'DNS_FAILED';
  return codes[type] ?? 'AUTHORITY_FAILED';
}

/** Whether an answer of an authority is a problem. A used nonce is none: it is replaced. */
export function isProblem(body: unknown): body is Problem {
  const type = typeof body === 'object' && body !== null && 'type' in body ? body.type : null;
  return typeof type === 'string' && type.startsWith(prefix) && type !== `${prefix}badNonce`;
}

const mostWaitMs = 7 * 86_400_000;

/** Reads a Retry-After header, in seconds or as a date; a week at most. */
export function notBeforeOf(header: unknown, now: Date): Date | null {
  if (typeof header !== 'string' || header === '') return null;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now.getTime();
  if (Number.isNaN(ms) || ms <= 0) return null;
  return new Date(now.getTime() + Math.min(ms, mostWaitMs));
}
