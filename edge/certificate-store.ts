import type { Sql } from '@apployd/prisma/open-sql';

/** A certificate as the rows have it: its key is sealed. */
export type SealedCertificate = {
  readonly hostname: string;
  readonly chain: string;
  /** In Base64. */
  readonly sealedKey: string;
  readonly version: string;
};

export type CertificateVersion = Pick<SealedCertificate, 'hostname' | 'version'>;

/** What an edge reads of certificates. */
export type CertificateStore = {
  /** All that are newer than `version`, oldest first. */
  after(version: string, limit: number): Promise<readonly SealedCertificate[]>;
  /** Which versions there are, of all, a page at a time by host name. */
  versions(afterHostname: string, limit: number): Promise<readonly CertificateVersion[]>;
  /** Those of these host names. */
  of(hostnames: readonly string[]): Promise<readonly SealedCertificate[]>;
  /** The newest version of any. */
  newest(): Promise<string>;
  /** What authorities are answered, by token. */
  challenges(): Promise<ReadonlyMap<string, string>>;
};

const sealed = `"hostname", "chain", encode("sealedKey", 'base64') AS "sealedKey", "version"::text AS "version"`;
const isThere = `"chain" IS NOT NULL AND "sealedKey" IS NOT NULL`;

/** An engine has a handful at a time. */
const mostChallenges = 1_000;

export function certificateStore(sql: Sql): CertificateStore {
  return {
    after: (version, limit) =>
      sql.query<SealedCertificate>(
        `SELECT ${sealed} FROM "Certificate" WHERE "version" > $1 AND ${isThere} ORDER BY "Certificate"."version" LIMIT $2`,
        [version, limit],
      ),
    versions: (hostname, limit) =>
      sql.query<CertificateVersion>(
        `SELECT "hostname", "version"::text AS "version" FROM "Certificate"
         WHERE "hostname" > $1 AND ${isThere} ORDER BY "hostname" LIMIT $2`,
        [hostname, limit],
      ),
    of: (hostnames) =>
      sql.query<SealedCertificate>(`SELECT ${sealed} FROM "Certificate" WHERE "hostname" = ANY($1) AND ${isThere}`, [
        hostnames,
      ]),
    newest: async () => {
      const [row] = await sql.query<{ newest: string }>(
        `SELECT coalesce(max("version"), 0)::text AS "newest" FROM "Certificate"`,
      );
      return row?.newest ?? '0';
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
