import { randomBytes } from 'node:crypto';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const letters = 12;

/** Ten codes of 60 random bits, such as `7k3m-9x2p-4r8t`, without letters that look alike. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: 10 }, () =>
    grouped(Array.from(randomBytes(letters), (byte) => alphabet.charAt(byte % alphabet.length)).join('')),
  );
}

/** A code as it was typed, as it is kept; null when it cannot be one. */
export function readRecoveryCode(typed: string): string | null {
  const code = typed.toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replace(/[il]/g, '1');
  return /^[0-9a-hjkmnp-tv-z]{12}$/.test(code) ? grouped(code) : null;
}

function grouped(code: string): string {
  return code.match(/.{4}/g)?.join('-') ?? code;
}
