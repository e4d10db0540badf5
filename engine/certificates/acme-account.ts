import type { Logger } from '@apployd/backplane/log/logger';
import type { SecretBox } from '@apployd/backplane/secret-box/secret-box';
import type { Db } from '@apployd/prisma/create-db';

/** As whom the platform is known to authorities. */
export type AcmeAccounts = {
  load(directory: string): Promise<AcmeAccount | null>;
  save(account: AcmeAccount): Promise<void>;
  forget(directory: string): Promise<void>;
};

export type AcmeAccount = {
  readonly directory: string;
  /** Given by the authority. */
  readonly url: string;
  /** PEM. */
  readonly key: string;
};

/** Rows, with keys that the platform's secret seals. */
export function acmeAccounts(parts: { readonly db: Db; readonly box: SecretBox; readonly log: Logger }): AcmeAccounts {
  const { db, box, log } = parts;
  return {
    load: async (directory) => {
      const row = await db.acmeAccount.findUnique({ where: { directory } });
      if (!row) return null;
      try {
        return { directory, url: row.url, key: box.open(row.sealedKey, contextOf(directory)) };
      } catch (err) {
        // It stands for nothing but itself: another one is as good.
        log.warn({ err, directory }, 'the key of the account with the authority does not open: a new one is made');
        return null;
      }
    },
    save: async ({ directory, url, key }) => {
      const data = { url, sealedKey: box.seal(key, contextOf(directory)) };
      await db.acmeAccount.upsert({ where: { directory }, create: { directory, ...data }, update: data });
    },
    forget: async (directory) => {
      await db.acmeAccount.deleteMany({ where: { directory } });
    },
  };
}

const contextOf = (directory: string) => `acme account:${directory}`;
