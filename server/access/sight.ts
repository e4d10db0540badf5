import { organizationRoles, roleMay, type Action } from '@apployd/core/access';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import type { Reach } from './viewer.js';

export type Sight = ReturnType<typeof sightOf>;
export type Narrowing = ReturnType<typeof narrowingOf>;

type Member = Prisma.MembershipWhereInput & { readonly userId: string };

/**
 * Every kind of row, reached through a membership of its organization, as far as a token reaches. Each is one AND: spread
 * beside what is looked for, it takes the place of nothing.
 */
export function sightOf(member: Member, reach: Reach | null) {
  const memberships = { some: member };
  const ofOrganization = { organization: { memberships } };
  const ofProject = { project: ofOrganization };
  const below = narrowingOf(reach);
  const ofRole = (action: Action) => ({
    organization: { memberships: { some: { ...member, role: { in: rolesThatMay(action) } } } },
  });
  /** Organizations that are looked at as a whole, or not at all. */
  const wholeFor = (action: Action) => ({
    AND: [below.Whole, { memberships: { some: { ...member, role: { in: rolesThatMay(action) } } } }],
  });
  const ownToken = { ...ofOrganization, createdById: member.userId };
  return {
    Organization: { AND: [{ memberships }] } satisfies Prisma.OrganizationWhereInput,
    Project: { AND: [ofOrganization, below.Project] } satisfies Prisma.ProjectWhereInput,
    Allocation: { AND: [ofOrganization, below.Allocation] } satisfies Prisma.AllocationWhereInput,
    Environment: { AND: [ofProject, below.Environment] } satisfies Prisma.EnvironmentWhereInput,
    Deployment: { AND: [ofProject, below.Deployment] } satisfies Prisma.DeploymentWhereInput,
    Domain: { AND: [ofProject, below.Domain] } satisfies Prisma.DomainWhereInput,
    Upload: { AND: [ofProject, below.Upload] } satisfies Prisma.UploadWhereInput,
    ApiToken: {
      AND: [{ OR: [ofRole('token:read'), ownToken] }, below.ApiToken],
    } satisfies Prisma.ApiTokenWhereInput,
    Invitation: { AND: [ofRole('invitation:read'), below.Invitation] } satisfies Prisma.InvitationWhereInput,
    /** Organizations whose audit log may be read. */
    AuditLog: wholeFor('audit:read') satisfies Prisma.OrganizationWhereInput,
    /** Organizations whose own events may be read: most of them are about the bill. */
    OrganizationEvents: wholeFor('billing:read') satisfies Prisma.OrganizationWhereInput,
    Plan: {
      AND: [{ OR: [{ isSelectable: true }, { organizations: { some: { memberships } } }] }],
    } satisfies Prisma.PlanWhereInput,
    User: { AND: [{ memberships: { some: ofOrganization } }] } satisfies Prisma.UserWhereInput,
  };
}

/** What a token that reaches one project or environment may see below an organization; nothing is narrowed else. */
export function narrowingOf(reach: Reach | null) {
  const projectId = reach?.projectId ?? undefined;
  const environmentId = reach?.environmentId ?? undefined;
  return {
    Project: defined({ id: projectId }),
    Allocation: defined({ projectId }),
    Environment: defined({ projectId, id: environmentId }),
    Deployment: defined({ projectId, environmentId }),
    Domain: defined({ projectId, environmentId }),
    Upload: defined({ projectId }),
    ApiToken: defined({ projectId, environmentId }),
    /** The organization's as a whole. */
    Invitation: projectId ? { id: { in: [] } } : {},
    Whole: projectId ? { id: { in: [] } } : {},
  };
}

function rolesThatMay(action: Action) {
  return organizationRoles.filter((role) => roleMay(role, action));
}

/** Without what is undefined, so that nothing is added to a query that is not narrowed. */
function defined<T extends Record<string, string | undefined>>(where: T): Partial<Record<keyof T, string>> {
  return Object.fromEntries(Object.entries(where).filter(([, value]) => value !== undefined)) as Partial<
    Record<keyof T, string>
  >;
}
