import { createHash, randomBytes } from 'node:crypto';

/** A new secret for a link: 256 random bits that need no escaping in a URL. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** What is kept of a secret of ours: it is long and random, so that a plain hash cannot be turned back. */
export function hashSecret(secret: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(secret).digest());
}
