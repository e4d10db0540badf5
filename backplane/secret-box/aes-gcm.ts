import { createHash, hkdfSync, type KeyObject } from 'node:crypto';
import { cipherKey, headBytes, headOf, openWith, sealWith, unopened } from './cipher.js';
import type { SecretBox } from './secret-box.js';

/** First byte of what the platform's secret sealed; the other four of the head are the key's id. */
const platformKind = 1;

type Key = { readonly head: Buffer; readonly key: KeyObject };

/** AES-256-GCM with keys derived from the secrets, separated by commas: the first seals, all of them open. */
export function aesGcmSecretBox(secrets: string): SecretBox {
  const keys = secrets.split(',').map((secret) => deriveKey(secret.trim()));
  const [sealing] = keys;
  if (!sealing) throw new Error('A secret box needs a secret.');

  function openBytes(sealed: Uint8Array, context: string): Buffer {
    const head = headOf(sealed);
    if (head[0] !== platformKind) throw unopened();
    const found = keys.find((key) => key.head.equals(head));
    if (found) return openWith(found.key, sealed, context);
    throw new Error('A sealed value has a key that is not known any more. Add its secret back, behind a comma.');
  }

  return {
    seal: (plaintext, context) => sealWith(sealing.key, sealing.head, plaintext, context),
    open: (sealed, context) => openBytes(sealed, context).toString('utf8'),
    openBytes,
    isCurrent: (sealed) => headOf(sealed).equals(sealing.head),
  };
}

/** The key's id tells which of several secrets sealed a value, and nothing about the secret. */
function deriveKey(secret: string): Key {
  const bytes = Buffer.from(hkdfSync('sha256', secret, '', 'apployd secret box', 32));
  const id = createHash('sha256').update('key id').update(bytes).digest();
  return { head: Buffer.concat([Buffer.of(platformKind), id]).subarray(0, headBytes), key: cipherKey(bytes) };
}
