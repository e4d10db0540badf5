import type { Db } from '@apployd/prisma/create-db';
import type { Credential } from '../access/viewer.js';

/** The ids of those sessions and tokens that have neither ended nor been revoked: two statements, however many they are. */
export async function livingCredentials(db: Db, credentials: readonly Credential[]): Promise<ReadonlySet<string>> {
  const now = new Date();
  const ids = (kind: Credential['kind']) => credentials.flatMap((one) => (one.kind === kind ? one.id : []));
  const [sessions, tokens] = [ids('session'), ids('token')];
  const notExpired = { OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] };
  const select = { id: true } as const;
  const rows = await Promise.all([
    sessions.length === 0
      ? []
      : db.session.findMany({ where: { id: { in: sessions }, expiresAt: { gt: now } }, select }),
    tokens.length === 0
      ? []
      : db.apiToken.findMany({ where: { id: { in: tokens }, revokedAt: null, ...notExpired }, select }),
  ]);
  return new Set(rows.flat().map(({ id }) => id));
}
