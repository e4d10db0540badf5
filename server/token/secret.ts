import { createHash, randomBytes } from 'node:crypto';

const mark = 'apd_';
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const randomLetters = 40;

/** A new token's secret: 200 random bits behind a mark that scanners of leaked secrets can look for. */
export function newTokenSecret(): string {
  return mark + Array.from(randomBytes(randomLetters), (byte) => alphabet.charAt(byte % alphabet.length)).join('');
}

/** Tells a token of ours from a session's. */
export function isTokenSecret(text: string): boolean {
  return text.startsWith(mark);
}

/** What is kept of it: it is long and random, so that a plain hash cannot be turned back. */
export function hashTokenSecret(secret: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(secret).digest());
}

/** Its first twelve characters, to recognise it by. */
export function prefixOfToken(secret: string): string {
  return secret.slice(0, mark.length + 8);
}
