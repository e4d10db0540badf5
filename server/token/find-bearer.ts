import type { Db } from '@apployd/prisma/create-db';
import type { Logger } from '@apployd/backplane/log/logger';
import type { RefusedCredentials } from '../account/authenticate.js';
import type { Credentials } from '../account/credentials.js';
import { viewerOf, type Viewer } from '../access/viewer.js';
import { hashTokenSecret } from './secret.js';

const noteUseEveryMs = 60_000;

/** The viewer behind a token's secret, or why there is none. */
export async function findBearer(
  { db, credentials, log }: { readonly db: Db; readonly credentials: Credentials; readonly log: Logger },
  secret: string,
  address: string,
): Promise<Viewer | RefusedCredentials> {
  const token = await credentials.apiToken(hashTokenSecret(secret));
  if (!token) return 'MALFORMED';
  if (token.revokedAt) return 'REVOKED';
  const now = Date.now();
  if (token.expiresAt && token.expiresAt.getTime() <= now) return 'EXPIRED';
  if (now - (token.lastUsedAt?.getTime() ?? 0) > noteUseEveryMs) {
    const data = { lastUsedAt: new Date(now), lastUsedIp: address || null };
    // Nobody waits for it, and a use that is not noted is no reason to refuse one.
    db.apiToken.updateMany({ where: { id: token.id }, data }).catch((error: unknown) => {
      log.warn({ err: error, tokenId: token.id }, "could not note a token's use");
    });
  }
  const { id, organizationId, projectId, environmentId, scopes } = token;
  return viewerOf(db, token.createdById, { kind: 'token', id, organizationId, projectId, environmentId, scopes });
}
