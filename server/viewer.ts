import { ForbiddenError, NotFoundError } from '@apployd/core/refusal';
import type { Db, Transaction } from '@apployd/prisma/create-db';
import type { Prisma } from '@apployd/prisma/generated/client/client';

export type OrganizationRole = 'OWNER' | 'ADMIN' | 'DEVELOPER' | 'BILLING' | 'VIEWER';

const owners = ['OWNER', 'ADMIN'] as const;
const developers = [...owners, 'DEVELOPER'] as const;

/** Who may do what. The last role of a list is the least that may. */
const allowed = {
  'project:create': developers,
  'allocation:set': owners,
  'variable:set': developers,
  'upload:create': developers,
  'deployment:create': developers,
  'deployment:cancel': developers,
  'deployment:rollback': developers,
} as const satisfies Record<string, readonly OrganizationRole[]>;

export type Action = keyof typeof allowed;

/** The person behind a request. */
export type Viewer = {
  readonly userId: string;
  readonly sessionId: string;
  /** Narrows a look-up to what this person may see. No row of a tenant is looked up without it. */
  readonly sees: Sight;
  /** The same, as long as the session lives: for streams, which outlast their first look. */
  readonly stillSees: () => Sight;
  /** Passes when the person's role in the resource's organization allows the action, else refuses. */
  require(action: Action, resource: { readonly organizationId: string }): Promise<void>;
};

export function viewerOf(db: Db | Transaction, userId: string, sessionId: string): Viewer {
  return {
    userId,
    sessionId,
    sees: sightOf({ userId }),
    stillSees: () =>
      sightOf({ userId, user: { sessions: { some: { id: sessionId, expiresAt: { gt: new Date() } } } } }),
    require: async (action, { organizationId }) => {
      const membership = await db.membership.findUnique({
        where: { organizationId_userId: { organizationId, userId } },
        select: { role: true },
      });
      if (!membership) throw new NotFoundError('organization');
      if (!mayDo(membership.role, action)) throw notAllowed(action, membership.role);
    },
  };
}

export function mayDo(role: OrganizationRole, action: Action): boolean {
  return (allowed[action] as readonly OrganizationRole[]).includes(role);
}

function notAllowed(action: Action, role: OrganizationRole): ForbiddenError {
  const least = allowed[action].at(-1) ?? 'OWNER';
  return new ForbiddenError(`Your role ${role} may not do this; ask for ${least}.`, least);
}

/** Every kind of row, reached through the membership of its organization. */
function sightOf(member: Prisma.MembershipWhereInput) {
  const memberships = { some: member };
  const ofOrganization = { organization: { memberships } };
  const ofProject = { project: ofOrganization };
  return {
    Organization: { memberships } satisfies Prisma.OrganizationWhereInput,
    Project: ofOrganization satisfies Prisma.ProjectWhereInput,
    Allocation: ofOrganization satisfies Prisma.AllocationWhereInput,
    Environment: ofProject satisfies Prisma.EnvironmentWhereInput,
    Deployment: ofProject satisfies Prisma.DeploymentWhereInput,
    Upload: ofProject satisfies Prisma.UploadWhereInput,
    User: { memberships: { some: ofOrganization } } satisfies Prisma.UserWhereInput,
  };
}

type Sight = ReturnType<typeof sightOf>;
