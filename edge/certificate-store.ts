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
  /** What authorities are answered, by token. */
  challenges(): Promise<ReadonlyMap<string, string>>;
};

/** An engine has a handful at a time. */
const mostChallenges = 1_000;

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
    challenges: async () => {
      const rows = await sql.query<{ token: string; keyAuthorization: string }>(
        `SELECT "token", "keyAuthorization" FROM "AcmeChallenge" WHERE "expiresAt" > now() ORDER BY "expiresAt" DESC LIMIT $1`,
        [mostChallenges],
      );
      return new Map(rows.map(({ token, keyAuthorization }) => [token, keyAuthorization]));
    },
  };
}
