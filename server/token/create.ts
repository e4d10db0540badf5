import { organizationRoles, scopesCover, scopesOf, type OrganizationRole, type TokenScope } from '@apployd/core/access';
import { newId, publicId } from '@apployd/core/id';
import { ForbiddenError, PlanLimitError, ValidationError } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';
import { perform } from '../access/perform.js';
import type { Viewer } from '../access/viewer.js';
import { signedIn, type Context } from '../context.js';
import { lockMembers, withinTransaction } from '../member/members.js';
import { lookUpOrganization } from '../organization/look-up.js';
import { tellOrganization } from '../organization/tell.js';
import { checkInput } from '../validation.js';
import { checkTokenInput, type ApiTokenCreateInput } from './input.js';
import { live } from './live.js';
import { lookUpReach } from './look-up-reach.js';
import { hashTokenSecret, newTokenSecret, prefixOfToken } from './secret.js';

const mostLive = 100;

/** A token that acts for the caller. Its secret is told now and never again. */
export async function createApiToken(context: Context, input: ApiTokenCreateInput) {
  checkInput(checkTokenInput(input, new Date()));
  const viewer = signedIn(context);
  const organizationId = await lookUpOrganization(context, input.organizationId);
  const on = { organizationId, ...(await lookUpReach(context, organizationId, input)) };
  const secret = newTokenSecret();
  const act = { mutation: 'apiTokenCreate', action: 'token:create', on, input } as const;
  const made = await perform(context, act, async (tx) => {
    const id = await insertToken(tx, viewer, { on, input, secret });
    const { name, scopes, projectId = null, environmentId = null, expiresAt } = input;
    const after = { name, scopes: [...scopes], projectId, environmentId, expiresAt: expiresAt?.toISOString() ?? null };
    return { result: { tokenId: id }, audit: { target: publicId('ApiToken', id), after } };
  });
  return { ...made, secret: made.replayed ? null : secret };
}

type Insertion = {
  readonly on: {
    readonly organizationId: string;
    readonly projectId: string | null;
    readonly environmentId: string | null;
  };
  readonly input: ApiTokenCreateInput;
  readonly secret: string;
};

async function insertToken(tx: Transaction, viewer: Viewer, { on, input, secret }: Insertion): Promise<string> {
  const { organizationId } = on;
  const members = await lockMembers(tx, organizationId);
  await withinTransaction(tx, viewer).require('token:create', on);
  refuseScopes(viewer, members.get(viewer.userId) ?? 'VIEWER', input.scopes);
  await refuseRevoked(tx, viewer);
  await refuseOutliving(tx, viewer, input.expiresAt ?? null);
  await refuseTooMany(tx, organizationId);
  const id = newId();
  await tx.apiToken.create({
    data: {
      ...on,
      id,
      name: input.name.trim(),
      scopes: [...input.scopes],
      prefix: prefixOfToken(secret),
      secretHash: hashTokenSecret(secret),
      createdById: viewer.userId,
      madeByTokenId: viewer.credential.kind === 'token' ? viewer.credential.id : null,
      expiresAt: input.expiresAt ?? null,
    },
  });
  await tellOrganization(tx, organizationId, { type: 'token.created', subjectId: id, actorId: viewer.userId });
  return id;
}

/** Nobody gives what they do not have: neither the token that asks, nor the person behind it. */
function refuseScopes({ scopes: held }: Viewer, role: OrganizationRole, wanted: readonly TokenScope[]): void {
  const missingScope = wanted.find((scope) => !scopesCover(held, scope));
  if (missingScope) {
    const message = `This token lacks the scope ${missingScope}, so it cannot give it to another.`;
    throw new ForbiddenError(message, { missingScope });
  }
  const beyond = wanted.find((scope) => !scopesOf(role).includes(scope));
  if (!beyond) return;
  const requiredRole = organizationRoles.findLast((one) => scopesOf(one).includes(beyond));
  throw new ForbiddenError(`Your role ${role} may not do what the scope ${beyond} is for.`, { requiredRole });
}

/** The row is held until the new one is there: who revokes it meanwhile finds that one, too. */
async function refuseRevoked(tx: Transaction, { credential }: Viewer): Promise<void> {
  if (credential.kind === 'session') return;
  const [parent] = await tx.$queryRaw<{ revokedAt: Date | null }[]>`
    SELECT "revokedAt" FROM "ApiToken" WHERE "id" = ${credential.id}::uuid FOR UPDATE`;
  if (!parent || parent.revokedAt) throw new ForbiddenError('The token that you use was revoked. Make a new one.');
}

/** A token that makes another is revoked with it, and ends no sooner. */
async function refuseOutliving(tx: Transaction, { credential }: Viewer, expiresAt: Date | null): Promise<void> {
  if (credential.kind === 'session') return;
  const { expiresAt: end } = await tx.apiToken.findUniqueOrThrow({
    where: { id: credential.id },
    select: { expiresAt: true },
  });
  if (end === null || (expiresAt !== null && expiresAt <= end)) return;
  const message = `The token that you use ends at ${end.toISOString()}: those that it makes end then at the latest.`;
  throw new ValidationError([{ path: ['expiresAt'], rule: 'OUT_OF_RANGE', message }]);
}

async function refuseTooMany(tx: Transaction, organizationId: string): Promise<void> {
  const current = await tx.apiToken.count({ where: { organizationId, ...live() } });
  if (current < mostLive) return;
  const message = `An organization has at most ${mostLive} live tokens. Revoke one that nobody uses.`;
  throw new PlanLimitError(message, 'apiTokens', { maximum: mostLive, current });
}
