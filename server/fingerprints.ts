import { createHmac, createSecretKey, hkdfSync } from 'node:crypto';

/**
 * What tells whether two texts are the same: one for each of the platform's secrets, the newest first. Without the
 * secret nobody can try out what the text was, which may hold passwords.
 */
export type Fingerprints = (text: string) => readonly string[];

export function fingerprints(secrets: string): Fingerprints {
  const keys = secrets
    .split(',')
    .map((secret) => createSecretKey(Buffer.from(hkdfSync('sha256', secret.trim(), '', 'apployd fingerprints', 32))));
  return (text) => keys.map((key) => createHmac('sha256', key).update(text).digest('hex'));
}
