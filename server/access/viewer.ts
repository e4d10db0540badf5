import { leastRole, roleMay, scopeFor, scopesCover, type Action, type TokenScope } from '@apployd/core/access';
import { ForbiddenError, NotFoundError } from '@apployd/core/refusal';
import type { Db, Transaction } from '@apployd/prisma/create-db';
import { narrowingOf, sightOf, type Narrowing, type Sight } from './sight.js';

/** What a request was sent with. */
export type Credential =
  | { readonly kind: 'session'; readonly id: string }
  | ({ readonly kind: 'token'; readonly id: string; readonly scopes: readonly TokenScope[] } & Reach);

/** How far a token reaches: an organization, or one project of it, or one environment of that. */
export type Reach = {
  readonly organizationId: string;
  readonly projectId: string | null;
  readonly environmentId: string | null;
};

/** What an action is done to, or in. */
export type Resource = {
  readonly organizationId: string;
  readonly projectId?: string | null;
  readonly environmentId?: string | null;
};

/** Who is behind a request, and what they may. Rights are looked up when they are asked for, never remembered. */
export type Viewer = {
  /** The person; for a token the one that it acts for. */
  readonly userId: string;
  readonly credential: Credential;
  /** Whose idempotency keys and budget these are. */
  readonly principalId: string;
  /** Narrows a look-up to what the viewer may see. No row of a tenant is looked up without it. */
  readonly sees: Sight;
  /** The same, as long as the session or token lives: for streams, which outlast their first look. */
  readonly stillSees: () => Sight;
  /** Narrows what hangs below a row that the viewer sees already. */
  readonly below: Narrowing;
  /** The scope that the viewer's token lacks for the action; null when it lacks none. Sessions lack none. */
  readonly lacks: (action: Action) => TokenScope | 'SESSION' | null;
  /** Passes when role, scope and reach allow the action on the resource, else refuses. */
  require(action: Action, resource: Resource): Promise<void>;
  /** A person who runs the platform, signed in by session. */
  isOperator(): Promise<boolean>;
  /** Passes for them alone. */
  requireOperator(): Promise<void>;
};

export function viewerOf(db: Db | Transaction, userId: string, credential: Credential): Viewer {
  const reach = credential.kind === 'token' ? credential : null;
  const lacks = (action: Action) => missingScope(credential, action);
  const isOperator = async () => {
    if (credential.kind !== 'session') return false;
    return (await db.user.findUnique({ where: { id: userId }, select: { isOperator: true } }))?.isOperator ?? false;
  };
  return {
    userId,
    credential,
    principalId: credential.kind === 'token' ? credential.id : userId,
    sees: sightOf(memberOf(userId, reach), reach),
    stillSees: () => sightOf({ ...memberOf(userId, reach), user: whoStillHolds(credential) }, reach),
    below: narrowingOf(reach),
    lacks,
    require: async (action, resource) => {
      const missing = lacks(action);
      if (missing) throw lacking(missing);
      if (!reaches(reach, resource)) throw new NotFoundError('organization');
      await requireRole(db, userId, action, resource.organizationId);
    },
    isOperator,
    requireOperator: async () => {
      if (await isOperator()) return;
      throw new ForbiddenError('Only the operator of this platform may do this, signed in by e-mail and password.');
    },
  };
}

async function requireRole(db: Db | Transaction, userId: string, action: Action, organizationId: string) {
  const where = { organizationId_userId: { organizationId, userId } };
  const membership = await db.membership.findUnique({ where, select: { role: true } });
  if (!membership) throw new NotFoundError('organization');
  if (roleMay(membership.role, action)) return;
  const requiredRole = leastRole(action);
  throw new ForbiddenError(`Your role ${membership.role} may not do this; ask for ${requiredRole}.`, { requiredRole });
}

function missingScope(credential: Credential, action: Action): TokenScope | 'SESSION' | null {
  if (credential.kind === 'session') return null;
  const wanted = scopeFor(action);
  if (wanted === null) return 'SESSION';
  return scopesCover(credential.scopes, wanted) ? null : wanted;
}

export function lacking(missing: TokenScope | 'SESSION'): ForbiddenError {
  if (missing === 'SESSION') return new ForbiddenError('No token may do this: sign in by e-mail and password.');
  return new ForbiddenError(`This token lacks the scope ${missing}. Make one that has it.`, { missingScope: missing });
}

/** A token for one project may do nothing to the organization as a whole, nor to other projects. */
function reaches(reach: Reach | null, { organizationId, projectId, environmentId }: Resource): boolean {
  if (!reach) return true;
  if (reach.organizationId !== organizationId) return false;
  if (reach.projectId !== null && reach.projectId !== projectId) return false;
  return reach.environmentId === null || reach.environmentId === environmentId;
}

function memberOf(userId: string, reach: Reach | null) {
  return reach ? { userId, organizationId: reach.organizationId } : { userId };
}

function whoStillHolds(credential: Credential) {
  const now = new Date();
  if (credential.kind === 'session') return { sessions: { some: { id: credential.id, expiresAt: { gt: now } } } };
  const notExpired = { OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] };
  return { apiTokens: { some: { id: credential.id, revokedAt: null, ...notExpired } } };
}
