import type { Keyring } from '@apployd/backplane/secret-box/keyring';
import type { SecretBox } from '@apployd/backplane/secret-box/secret-box';
import type { Db } from '@apployd/prisma/create-db';
import type { AuthSecret } from '../account/auth-secrets.js';

/** What a rotation works with. */
export type Rotation = {
  readonly db: Db;
  /** Its first secret seals, all open. */
  readonly platform: SecretBox;
  readonly keyring: Keyring;
  readonly authSecrets: readonly AuthSecret[];
  /** Organizations whose newest key is older get another; null: they keep theirs. */
  readonly keysSince: Date | null;
  /** Told as it goes. */
  readonly say: (sentence: string) => void;
};

/** What was found to be sealed by something older, or was sealed anew; and what cannot be opened, in words. */
export type Found = { readonly count: number; readonly unopened: readonly string[] };

/** Looks at one kind of sealed things, and with `write` seals anew what can be opened. May be ended and run again. */
export type Reseal = (rotation: Rotation, write: boolean) => Promise<Found>;

export const pageSize = 200;

/** Does the work for each item of all pages; what it throws makes the item one that cannot be opened. */
export async function resealEach<Item>(
  pages: AsyncIterable<readonly Item[]>,
  nameOf: (item: Item) => string,
  work: (item: Item) => Promise<unknown>,
): Promise<Found> {
  let count = 0;
  const unopened: string[] = [];
  for await (const page of pages) {
    for (const item of page) {
      count += 1;
      await work(item).catch((error: unknown) => {
        if (!isUnopened(error)) throw error;
        unopened.push(nameOf(item));
      });
    }
  }
  return { count: count - unopened.length, unopened };
}

/** What is sealed, or encrypted, and does not open; and not a database that is away. */
export class Unopened extends Error {
  override readonly name = 'Unopened';
}

function isUnopened(error: unknown): boolean {
  return error instanceof Unopened;
}

/** What opening throws means that it cannot be opened. */
export function opening<T>(open: () => T): T {
  try {
    return open();
  } catch (cause) {
    throw new Unopened('It does not open.', { cause });
  }
}
