import type { Logger } from '@apployd/backplane/log/logger';
import type { SecretBox } from '@apployd/backplane/secret-box/secret-box';
import { z } from 'zod';
import type { CertificateStore, CertificateVersion, SealedCertificate } from './certificate-store.js';
import type { CheckedFile } from './checked-file.js';
import { keepSaved } from './keep-saved.js';
import { openCertificate } from './open-certificate.js';
import type { Router } from './router/router.js';

/** Keeps a router in step with the rows of certificates, and what it knows in a file: sealed, as in the rows. */
export type Certificates = {
  /** Serves what an earlier run knew. */
  restore(): Promise<void>;
  /** Puts in service what is new; it is saved a moment later. */
  catchUp(): Promise<void>;
  /** Finds whatever differs: also what was deleted, and what a database that was restored has in an older version. */
  sweep(): Promise<void>;
  /** Saves at once what was not saved yet. */
  flush(): Promise<void>;
};

const pageSize = 200;
const contents = z.array(
  z.object({
    hostname: z.string(),
    chain: z.string(),
    sealedKey: z.string(),
    version: z.string().regex(/^\d{1,19}$/),
  }),
);

export function certificates(parts: {
  readonly store: CertificateStore;
  readonly router: Pick<Router, 'certify' | 'decertify'>;
  readonly box: SecretBox;
  readonly file: CheckedFile;
  readonly log: Logger;
  /** How long after a change it is saved. */
  readonly saveAfterMs?: number;
}): Certificates {
  const { store, router, box, file, log, saveAfterMs: delayMs } = parts;
  const known = new Map<string, SealedCertificate>();
  let applied = '0';

  const apply = async (rows: readonly SealedCertificate[]) => {
    await router.certify(rows.flatMap((row) => openCertificate(row, box, log)));
    for (const row of rows) known.set(row.hostname, row);
  };

  const keeper = keepSaved({
    save: () => file.save(JSON.stringify([...known.values()])),
    what: 'certificates',
    log,
    delayMs,
  });

  const isNews = ({ hostname, version }: CertificateVersion) => known.get(hostname)?.version !== version;

  /** Puts in service what is in the rows in another version, and gives the host names of what is in none any more. */
  const compare = async () => {
    const gone = new Set(known.keys());
    for (let last = '', hasMore = true; hasMore;) {
      const page = await store.versions(last, pageSize);
      for (const { hostname } of page) gone.delete(hostname);
      const news = page.filter(isNews).map(({ hostname }) => hostname);
      if (news.length > 0) {
        await apply(await store.of(news));
        keeper.changed();
      }
      hasMore = page.length === pageSize;
      last = page.at(-1)?.hostname ?? last;
    }
    return [...gone];
  };

  return {
    restore: async () => {
      const text = await file.load();
      if (text === null) return;
      const rows = contents.parse(JSON.parse(text));
      const sorted = rows.sort((a, b) => (BigInt(a.version) < BigInt(b.version) ? -1 : 1));
      await apply(sorted);
      applied = sorted.at(-1)?.version ?? applied;
    },
    catchUp: async () => {
      for (let hasMore = true; hasMore;) {
        const rows = await store.after(applied, pageSize);
        if (rows.length > 0) {
          await apply(rows);
          keeper.changed();
        }
        applied = rows.at(-1)?.version ?? applied;
        hasMore = rows.length === pageSize;
      }
    },
    sweep: async () => {
      const newest = await store.newest();
      const gone = await compare();
      // What is newer was written meanwhile, and is for the next look.
      applied = newest;
      if (gone.length === 0) return;
      await router.decertify(gone);
      for (const hostname of gone) known.delete(hostname);
      keeper.changed();
    },
    flush: keeper.flush,
  };
}
