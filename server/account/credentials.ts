import type { Db } from '@apployd/prisma/create-db';
import type { ApiToken } from '@apployd/prisma/generated/client/client';
import { gathered } from '../gathered.js';

export type SessionRow = {
  readonly id: string;
  readonly userId: string;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
};

/**
 * What requests are sent with, as it is now: those that come at the same time are looked up by one statement for each kind.
 * Null where there is none of this hash.
 */
export type Credentials = {
  session(tokenHash: string): Promise<SessionRow | null>;
  apiToken(secretHash: Uint8Array): Promise<ApiToken | null>;
};

export function credentials(db: Db): Credentials {
  const apiToken = gathered((hashes) => apiTokensOf(db, hashes), { most: mostTokens });
  return {
    session: gathered((hashes) => sessionsOf(db, hashes)),
    apiToken: (secretHash) => apiToken(Buffer.from(secretHash).toString('hex')),
  };
}

/** Each number of them is another statement, which PostgreSQL prepares and every connection remembers. */
const mostTokens = 8;

/** One text of a statement, however many they are: PostgreSQL has planned it. */
async function sessionsOf(db: Db, hashes: readonly string[]): Promise<ReadonlyMap<string, SessionRow>> {
  const rows = await db.$queryRaw<(SessionRow & { readonly token: string })[]>`
    SELECT "token", "id", "userId", "lastSeenAt", "expiresAt" FROM "Session" WHERE "token" = ANY(${hashes as string[]})`;
  return new Map(rows.map((row) => [row.token, row]));
}

async function apiTokensOf(db: Db, hashes: readonly string[]): Promise<ReadonlyMap<string, ApiToken>> {
  const secretHash = { in: hashes.map((hash) => Buffer.from(hash, 'hex')) };
  const rows = await db.apiToken.findMany({ where: { secretHash } });
  return new Map(rows.map((row) => [Buffer.from(row.secretHash).toString('hex'), row]));
}
