import { randomBytes, type KeyObject } from 'node:crypto';
import type { Db, Transaction } from '@apployd/prisma/create-db';
import type { OrganizationKey } from '@apployd/prisma/generated/client/client';
import { batched } from '../batched.js';
import { cipherKey, headBytes, headOf, openWith, sealWith } from './cipher.js';
import type { Keyring } from './keyring.js';
import type { SecretBox } from './secret-box.js';

/** First byte of what an organization's key sealed; the other four of the head are the key's number. */
export const organizationKind = 2;

type KeyRow = Pick<OrganizationKey, 'organizationId' | 'number' | 'sealedKey'>;

/**
 * Keys in the table OrganizationKey, wrapped by the platform's box. Nothing is cached: a key that another process made
 * is there at once, and an unwrapped one is gone with the work that it was unwrapped for.
 */
export function organizationKeys(db: Db, platform: SecretBox): Keyring {
  const rowsOf = batched(async (ids: readonly string[]) => {
    const rows = await db.organizationKey.findMany({ where: { organizationId: { in: [...ids] } } });
    return (id: string) => rows.filter(({ organizationId }) => organizationId === id);
  });
  return {
    async open(organizationId, sealed, context) {
      // As it was done before organizations had keys.
      if (headOf(sealed)[0] !== organizationKind) return platform.open(sealed, context);
      return organizationBox(platform, await rowsOf(organizationId)).open(sealed, context);
    },
    boxIn: async (tx, organizationId) => organizationBox(platform, await ensureKeys(tx, platform, organizationId)),
  };
}

/** Of two processes that make the first key at once, one waits for the other, and takes what that one made. */
async function ensureKeys(tx: Transaction, platform: SecretBox, organizationId: string): Promise<readonly KeyRow[]> {
  const find = () => tx.organizationKey.findMany({ where: { organizationId } });
  const there = await find();
  if (there.length > 0) return there;
  await tx.organizationKey.createMany({ data: newOrganizationKey(platform, organizationId, 1), skipDuplicates: true });
  return find();
}

/** The row of a new key. */
export function newOrganizationKey(platform: SecretBox, organizationId: string, number: number) {
  const bytes = randomBytes(32);
  const sealedKey = platform.seal(bytes, keyContext({ organizationId, number }));
  bytes.fill(0);
  return { organizationId, number, sealedKey };
}

/** The same key, wrapped by what seals today. Throws when it cannot be opened. */
export function wrapAnew(platform: SecretBox, row: KeyRow): Uint8Array<ArrayBuffer> {
  const bytes = platform.openBytes(row.sealedKey, keyContext(row));
  const sealedKey = platform.seal(bytes, keyContext(row));
  bytes.fill(0);
  return sealedKey;
}

/** What everything begins with that this key of an organization sealed. */
export function headOfKey(number: number): Buffer {
  const head = Buffer.alloc(headBytes, organizationKind);
  head.writeUInt32BE(number, 1);
  return head;
}

/** Seals with the highest number, opens with all, and what the platform's box sealed as well. */
function organizationBox(platform: SecretBox, rows: readonly KeyRow[]): SecretBox {
  const newest = Math.max(...rows.map(({ number }) => number));
  const opened = new Map<number, KeyObject>();

  function openBytes(sealed: Uint8Array, context: string): Buffer {
    const head = headOf(sealed);
    if (head[0] !== organizationKind) return platform.openBytes(sealed, context);
    return openWith(keyOf(head.readUInt32BE(1)), sealed, context);
  }

  function keyOf(number: number): KeyObject {
    const key = opened.get(number) ?? unwrap(number);
    opened.set(number, key);
    return key;
  }

  function unwrap(number: number): KeyObject {
    const row = rows.find((each) => each.number === number);
    if (!row) throw new Error('A sealed value has a key of its organization that is not there any more.');
    return cipherKey(platform.openBytes(row.sealedKey, keyContext(row)));
  }

  return {
    seal: (plaintext, context) => sealWith(keyOf(newest), headOfKey(newest), plaintext, context),
    open: (sealed, context) => openBytes(sealed, context).toString('utf8'),
    openBytes,
    isCurrent: (sealed) => headOf(sealed).equals(headOfKey(newest)),
  };
}

function keyContext({ organizationId, number }: Pick<KeyRow, 'organizationId' | 'number'>): string {
  return `organization key ${organizationId} ${number}`;
}
