import { publicId } from '@apployd/core/id';
import { parseEnvelope, symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto';
import type { TwoFactor } from '@apployd/prisma/generated/client/client';
import type { AuthSecret } from '../account/auth-secrets.js';
import { pageSize, resealEach, Unopened, type Reseal, type Rotation } from './rotation.js';

/** Encrypts second factors and their recovery codes with the newest secret, as better-auth does. */
export const resealSecondFactors: Reseal = (rotation, write) =>
  resealEach(staleFactors(rotation), nameOf, async ({ id, secret, backupCodes }) => {
    const { authSecrets, db } = rotation;
    const data = { secret: await anew(authSecrets, secret), backupCodes: await anew(authSecrets, backupCodes) };
    // Whoever uses a recovery code at this moment goes first.
    if (write) await db.twoFactor.updateMany({ where: { id, secret, backupCodes }, data });
  });

async function* staleFactors({ db, authSecrets }: Rotation): AsyncGenerator<readonly TwoFactor[]> {
  let after: string | undefined;
  do {
    const page: TwoFactor[] = await db.twoFactor.findMany({
      where: after ? { id: { gt: after } } : {},
      orderBy: { id: 'asc' },
      take: pageSize,
    });
    yield page.filter(({ secret, backupCodes }) => isStale(authSecrets, secret) || isStale(authSecrets, backupCodes));
    after = page.length < pageSize ? undefined : page.at(-1)?.id;
  } while (after);
}

function nameOf({ userId }: TwoFactor): string {
  return `second factor of ${publicId('User', userId)}`;
}

function isStale(secrets: readonly AuthSecret[], text: string): boolean {
  const envelope = parseEnvelope(text);
  return envelope === null ? isBare(text) : envelope.version !== secrets[0]?.version;
}

/** Encrypted before versions stood beside it. */
function isBare(text: string): boolean {
  return /^[0-9a-f]{80,}$/.test(text);
}

async function anew(secrets: readonly AuthSecret[], text: string): Promise<string> {
  const [newest] = secrets;
  if (!newest || !isStale(secrets, text)) return text;
  const keys = new Map(secrets.map(({ version, value }) => [version, value]));
  const key = { keys, currentVersion: newest.version };
  return symmetricEncrypt({ key, data: await decrypted(secrets, text) });
}

async function decrypted(secrets: readonly AuthSecret[], text: string): Promise<string> {
  const envelope = parseEnvelope(text);
  const candidates = secrets.filter(({ version }) => envelope === null || envelope.version === version);
  for (const { value } of candidates) {
    const data = await symmetricDecrypt({ key: value, data: envelope?.ciphertext ?? text }).catch(() => null);
    if (data !== null) return data;
  }
  throw new Unopened('No secret opens it.');
}
