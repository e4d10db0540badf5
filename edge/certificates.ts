import { certificateKeyContext } from '@apployd/core/certificate';
import type { Logger } from '@apployd/backplane/log/logger';
import type { SecretBox } from '@apployd/backplane/secret-box/secret-box';
import { z } from 'zod';
import type { CertificateStore, SealedCertificate } from './certificate-store.js';
import type { CheckedFile } from './checked-file.js';
import type { Certificate, Router } from './router/router.js';

/** Keeps a router in step with the rows of certificates, and what it knows in a file: sealed, as in the rows. */
export type Certificates = {
  /** Serves what an earlier run knew. */
  restore(): Promise<void>;
  /** Puts in service what is new, and saves it. */
  catchUp(): Promise<void>;
  /** Finds what was deleted, too. */
  sweep(): Promise<void>;
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
}): Certificates {
  const { store, router, box, file, log } = parts;
  const known = new Map<string, SealedCertificate>();
  let applied = '0';

  const apply = async (rows: readonly SealedCertificate[]) => {
    await router.certify(rows.flatMap((row) => opened(row, box, log)));
    for (const row of rows) known.set(row.hostname, row);
    applied = rows.at(-1)?.version ?? applied;
  };

  const save = () => file.save(JSON.stringify([...known.values()]));

  const catchUp = async () => {
    const before = applied;
    for (let hasMore = true; hasMore;) {
      const rows = await store.after(applied, pageSize);
      if (rows.length > 0) await apply(rows);
      hasMore = rows.length === pageSize;
    }
    if (applied !== before) await save();
  };

  return {
    restore: async () => {
      const text = await file.load();
      if (text === null) return;
      const rows = contents.parse(JSON.parse(text));
      await apply(rows.sort((a, b) => (BigInt(a.version) < BigInt(b.version) ? -1 : 1)));
    },
    catchUp,
    sweep: async () => {
      await catchUp();
      const gone = new Set(known.keys());
      for (let last = '', more = true; more;) {
        const names = await store.names(last, pageSize);
        for (const name of names) gone.delete(name);
        more = names.length === pageSize;
        last = names.at(-1) ?? last;
      }
      if (gone.size === 0) return;
      await router.decertify([...gone]);
      for (const hostname of gone) known.delete(hostname);
      await save();
    },
  };
}

/** One that does not open keeps nobody from the others. */
function opened({ hostname, chain, sealedKey }: SealedCertificate, box: SecretBox, log: Logger): Certificate[] {
  try {
    const key = box.open(Buffer.from(sealedKey, 'base64'), certificateKeyContext(hostname));
    return [{ hostname, chain, key }];
  } catch (error) {
    log.error({ err: error, hostname }, 'the key of a certificate does not open, and it is left out');
    return [];
  }
}
