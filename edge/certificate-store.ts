import type { Sql } from '@apployd/prisma/open-sql';

/** A certificate as the rows have it: its key is sealed. */
export type SealedCertificate = {
  readonly hostname: string;
  readonly chain: string;
  /** In Base64. */
  readonly sealedKey: string;
  readonly version: string;
};

/** What an edge reads of certificates. */
export type CertificateStore = {
  /** All that are newer than `version`, oldest first. */
  after(version: string, limit: number): Promise<readonly SealedCertificate[]>;
  /** The host names of all, a page at a time. */
  names(afterHostname: string, limit: number): Promise<readonly string[]>;
  /** What an authority is answered that asks with this token. */
  challenge(token: string): Promise<string | null>;
};

export function certificateStore(sql: Sql): CertificateStore {
  return {
    after: (version, limit) =>
      sql.query<SealedCertificate>(
        `SELECT "hostname", "chain", encode("sealedKey", 'base64') AS "sealedKey", "version"::text AS "version"
         FROM "Certificate" WHERE "version" > $1 AND "chain" IS NOT NULL AND "sealedKey" IS NOT NULL
         ORDER BY "Certificate"."version" LIMIT $2`,
        [version, limit],
      ),
    names: async (hostname, limit) => {
      const rows = await sql.query<{ hostname: string }>(
        `SELECT "hostname" FROM "Certificate" WHERE "hostname" > $1 AND "chain" IS NOT NULL ORDER BY "hostname" LIMIT $2`,
        [hostname, limit],
      );
      return rows.map((row) => row.hostname);
    },
    challenge: async (token) => {
      const [row] = await sql.query<{ keyAuthorization: string }>(
        `SELECT "keyAuthorization" FROM "AcmeChallenge" WHERE "token" = $1 AND "expiresAt" > now()`,
        [token],
      );
      return row?.keyAuthorization ?? null;
    },
  };
}
