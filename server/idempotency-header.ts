import { requestError } from './request-error.js';

export const idempotencyKeyShape = '8 to 128 characters of A-Z, a-z, 0-9, _ and -';

export function isIdempotencyKey(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{8,128}$/.test(value);
}

/** The key of the header Idempotency-Key, for clients that do not use the field; null when there is none. */
export function idempotencyKeyIn(headers: Headers): string | null {
  const key = headers.get('idempotency-key');
  if (key === null || isIdempotencyKey(key)) return key;
  throw requestError('BAD_REQUEST', `The header Idempotency-Key is to have ${idempotencyKeyShape}.`);
}
