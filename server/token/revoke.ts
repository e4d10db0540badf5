import type { Transaction } from '@apployd/prisma/create-db';
import { perform } from '../access/perform.js';
import { signedIn, type Context } from '../context.js';
import { found, requireId } from '../lookup.js';
import { tellOrganization } from '../organization/tell.js';

export type ApiTokenRevokeInput = { readonly tokenId: string; readonly idempotencyKey?: string | null };

/** Ends a token, and those that were made with it, for good. Asking again is as good as asking once. */
export async function revokeApiToken(context: Context, input: ApiTokenRevokeInput) {
  const viewer = signedIn(context);
  const id = requireId('ApiToken', input.tokenId);
  const row = await context.db.apiToken.findFirst({
    where: { id, ...viewer.sees.ApiToken },
    select: { organizationId: true, projectId: true, environmentId: true, createdById: true, name: true },
  });
  const { createdById, name, ...on } = found('ApiToken', input.tokenId, row);
  const action = createdById === viewer.userId ? 'token:revoke' : 'token:revokeOthers';
  const act = { mutation: 'apiTokenRevoke', action, on, input } as const;
  return perform(context, act, async (tx) => {
    const revoked = await revokeWithMade(tx, id);
    const event = { type: 'token.revoked', subjectId: id, actorId: viewer.userId };
    if (revoked > 0) await tellOrganization(tx, on.organizationId, event);
    return { result: { tokenId: id }, audit: { target: input.tokenId, before: { name }, after: { revoked } } };
  });
}

/** How many were live until now. */
function revokeWithMade(tx: Transaction, id: string): Promise<number> {
  return tx.$executeRaw`
    WITH RECURSIVE made AS (
      SELECT "id" FROM "ApiToken" WHERE "id" = ${id}::uuid
      UNION SELECT child."id" FROM "ApiToken" child JOIN made ON child."madeByTokenId" = made."id"
    )
    UPDATE "ApiToken" SET "revokedAt" = now() WHERE "id" IN (SELECT "id" FROM made) AND "revokedAt" IS NULL`;
}
