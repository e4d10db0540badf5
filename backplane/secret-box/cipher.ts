import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';

/**
 * What is sealed begins with a head that says by which kind of key, and by which of them; then
 * nonce (12) · tag (16) · ciphertext. Head and context are authenticated with it.
 */
export const headBytes = 5;
const nonceBytes = 12;
const tagBytes = 16;
const algorithm = 'aes-256-gcm';
const keyBytes = 32;

/** Holds the bytes where neither a heap snapshot nor a log sees them, and wipes those that were given. */
export function cipherKey(bytes: Buffer): KeyObject {
  if (bytes.length !== keyBytes) throw unopened();
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
}

export function sealWith(
  key: KeyObject,
  head: Uint8Array,
  plaintext: string | Uint8Array,
  context: string,
): Uint8Array<ArrayBuffer> {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(boundTo(head, context));
  const first = typeof plaintext === 'string' ? cipher.update(plaintext, 'utf8') : cipher.update(plaintext);
  const ciphertext = Buffer.concat([first, cipher.final()]);
  return new Uint8Array(Buffer.concat([head, nonce, cipher.getAuthTag(), ciphertext]));
}

export function openWith(key: KeyObject, sealed: Uint8Array, context: string): Buffer {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const nonceEnd = headBytes + nonceBytes;
  const tagEnd = nonceEnd + tagBytes;
  const decipher = createDecipheriv(algorithm, key, bytes.subarray(headBytes, nonceEnd), { authTagLength: tagBytes });
  decipher.setAAD(boundTo(bytes.subarray(0, headBytes), context)).setAuthTag(bytes.subarray(nonceEnd, tagEnd));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(tagEnd)), decipher.final()]);
  } catch {
    throw unopened();
  }
}

/** Throws for what is too short to be sealed. */
export function headOf(sealed: Uint8Array): Buffer {
  if (sealed.byteLength < headBytes + nonceBytes + tagBytes) throw unopened();
  return Buffer.from(sealed.buffer, sealed.byteOffset, headBytes);
}

export function unopened(): Error {
  return new Error('A sealed value was changed, or moved from where it was sealed.');
}

function boundTo(head: Uint8Array, context: string): Buffer {
  return Buffer.concat([head, Buffer.from(context, 'utf8')]);
}
