import { createHash, hkdfSync } from 'node:crypto';

/** One of better-auth's secrets. The version is written beside what it encrypts, so that the right one opens it. */
export type AuthSecret = { readonly version: number; readonly value: string };

/** Bytes of a version that a number holds exactly. */
const versionBytes = 6;

/**
 * One for each of the platform's secrets, the newest first, bound to this use. It signs sessions and encrypts second
 * factors; the others open what they encrypted. A version follows from its secret, wherever in the list that stands.
 */
export function authSecrets(configured: string): readonly AuthSecret[] {
  return configured.split(',').map((secret) => {
    const value = Buffer.from(hkdfSync('sha256', secret.trim(), '', 'apployd sessions', 32)).toString('hex');
    return { version: createHash('sha256').update(value).digest().readUIntBE(0, versionBytes), value };
  });
}
