import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import type { SecretBox } from './secret-box.js';

// version (1) · key id (4) · nonce (12) · tag (16) · ciphertext
const version = 1;
const keyIdBytes = 4;
const nonceBytes = 12;
const tagBytes = 16;
const headBytes = 1 + keyIdBytes;
const algorithm = 'aes-256-gcm';

type Key = { readonly id: Buffer; readonly bytes: Buffer };

/** AES-256-GCM with keys derived from the secrets, separated by commas: the first seals, all of them open. */
export function aesGcmSecretBox(secrets: string): SecretBox {
  const keys = secrets.split(',').map((secret) => deriveKey(secret.trim()));
  const [sealing] = keys;
  if (!sealing) throw new Error('A secret box needs a secret.');

  return {
    seal(plaintext, context) {
      const nonce = randomBytes(nonceBytes);
      const head = Buffer.concat([Buffer.of(version), sealing.id]);
      const cipher = createCipheriv(algorithm, sealing.bytes, nonce).setAAD(boundTo(head, context));
      const sealed = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
      return new Uint8Array(Buffer.concat([head, nonce, cipher.getAuthTag(), sealed]));
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed);
      if (bytes.length < headBytes + nonceBytes + tagBytes || bytes[0] !== version) throw unopened();
      const head = bytes.subarray(0, headBytes);
      const nonce = bytes.subarray(headBytes, headBytes + nonceBytes);
      const tag = bytes.subarray(headBytes + nonceBytes, headBytes + nonceBytes + tagBytes);
      const key = keys.find(({ id }) => id.equals(head.subarray(1)));
      if (!key)
        throw new Error('A sealed value has a key that is not known any more. Add its secret back, behind a comma.');
      const decipher = createDecipheriv(algorithm, key.bytes, nonce, { authTagLength: tagBytes });
      decipher.setAAD(boundTo(head, context)).setAuthTag(tag);
      try {
        const ciphertext = bytes.subarray(headBytes + nonceBytes + tagBytes);
        return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8');
      } catch {
        throw unopened();
      }
    },
  };
}

/** The key's id tells which of several secrets sealed a value, and nothing about the secret. */
function deriveKey(secret: string): Key {
  const bytes = Buffer.from(hkdfSync('sha256', secret, '', 'apployd secret box', 32));
  return { bytes, id: createHash('sha256').update('key id').update(bytes).digest().subarray(0, keyIdBytes) };
}

function boundTo(head: Buffer, context: string): Buffer {
  return Buffer.concat([head, Buffer.from(context, 'utf8')]);
}

function unopened(): Error {
  return new Error('A sealed value was changed, or moved from where it was sealed.');
}
