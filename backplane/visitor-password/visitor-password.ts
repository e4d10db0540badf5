import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number }, Buffer>(scrypt);
/** 16 MiB and a twentieth of a second: who has the hashes guesses slowly, and an edge can afford a few at a time. */
const cost = { N: 2 ** 14, r: 8, p: 1 };
const keyBytes = 32;

/** What is kept of the password of a visitor. */
export async function hashVisitorPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password.normalize('NFC'), salt, keyBytes, cost);
  return `scrypt:${salt.toString('base64url')}:${key.toString('base64url')}`;
}

/** Whether this is the password that was made into `kept`. */
export async function isVisitorPassword(password: string, kept: string): Promise<boolean> {
  const [kind, salt = '', key = ''] = kept.split(':');
  const expected = Buffer.from(key, 'base64url');
  if (kind !== 'scrypt' || expected.length !== keyBytes) return false;
  const given = await derive(password.normalize('NFC'), Buffer.from(salt, 'base64url'), keyBytes, cost);
  return timingSafeEqual(given, expected);
}
