import { randomBytes } from 'node:crypto';

export { hashSecret as hashTokenSecret } from '../secret.js';

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

/** Its first twelve characters, to recognise it by. */
export function prefixOfToken(secret: string): string {
  return secret.slice(0, mark.length + 8);
}
