import { scopesCover, scopesOf } from '@apployd/core/access';
import { idOf } from '@apployd/core/id';
import { isSlug } from '@apployd/core/slug';
import { auditExportUrl } from '../audit/export-url.js';
import { auditPage } from '../audit/page.js';
import { AuditEventConnection, AuditEventNode, AuditFilterRef } from '../audit/schema.js';
import { builder } from '../builder.js';
import { signedIn } from '../context.js';
import { InvitationNode } from '../invitation/schema.js';
import { pending } from '../invitation/state.js';
import { poolOf, poolSelection } from '../allocation/pool.js';
import { ResourcePoolRef } from '../allocation/schema.js';
import { ProjectConnection } from '../project/schema.js';
import { live } from '../token/live.js';
import { ApiTokenConnection } from '../token/schema.js';
import { UsageRef, usageCost } from '../usage/schema.js';
import { usageOf } from '../usage/usage.js';
import { TokenScopeRef } from '../token/scope.js';
import { ownMembership, mayLook, roleIn } from './own-membership.js';
import { OrganizationRoleRef } from './role.js';

export const OrganizationNode = builder.prismaNode('Organization', {
  description: 'A tenant: owns projects and the pool that they share.',
  select: { id: true },
  id: { field: 'id' },
  fields: (t) => ({
    slug: t.exposeString('slug'),
    name: t.exposeString('name'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    version: t.exposeInt('version'),
    suspendedAt: t.expose('suspendedAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'Since when everything is stopped, since a payment is owed: every member may know. Owners, and who sees to the bill, can pay.',
    }),
    viewerRole: t.field({
      type: OrganizationRoleRef,
      description: 'What the caller may do here.',
      select: ownMembership,
      resolve: roleIn,
    }),
    viewerScopes: t.field({
      type: [TokenScopeRef],
      description:
        "What a token may be given by the caller here: what the role is good for, and the caller's own token holds.",
      select: ownMembership,
      resolve: (organization, _args, context) => {
        const held = signedIn(context).scopes;
        return scopesOf(roleIn(organization)).filter((scope) => scopesCover(held, scope));
      },
    }),
    members: t.relation('memberships', { description: 'Longest first.', query: { orderBy: { createdAt: 'asc' } } }),
    invitations: t.field({
      type: [InvitationNode],
      nullable: true,
      description: 'Those that can be accepted, oldest first. Null when your role may not see them.',
      select: (args, context, nested) => ({
        ...ownMembership(args, context),
        invitations: nested({ where: pending(), orderBy: { id: 'asc' } }),
      }),
      resolve: (organization, _args, context) =>
        mayLook(organization, 'invitation:read', context) ? organization.invitations : null,
    }),
    apiTokens: t.relatedConnection(
      'apiTokens',
      {
        cursor: 'id',
        args: {
          ended: t.arg.boolean({ defaultValue: false, description: 'Those that were revoked or have expired too.' }),
        },
        description: "Newest first: one's own, and from DEVELOPER on everybody's.",
        query: ({ ended }, context) => ({
          where: { AND: [signedIn(context).sees.ApiToken, ended ? {} : live()] },
          orderBy: { id: 'desc' },
        }),
      },
      ApiTokenConnection,
    ),
    auditLog: t.connection(
      {
        type: AuditEventNode,
        nullable: true,
        args: { filter: t.arg({ type: AuditFilterRef }) },
        description: 'Newest first. Null when your role may not see it: from ADMIN on, scope AUDIT_READ.',
        select: ownMembership,
        resolve: (organization, args, context) =>
          mayLook(organization, 'audit:read', context) ? auditPage(context, organization.id, args) : null,
      },
      AuditEventConnection,
    ),
    auditExportUrl: t.string({
      description:
        'GET it with the Authorization of the API: the audit log as NDJSON, newest first. It takes the fields of AuditFilter as search parameters, `actions` several times. Asks the same rights as `auditLog`.',
      resolve: ({ id }, _args, context) => auditExportUrl(context.settings, id),
    }),
    plan: t.relation('plan', { description: 'What it may have; gives the pool.' }),
    pool: t.field({ type: ResourcePoolRef, select: poolSelection, resolve: poolOf }),
    usage: t.field({
      type: UsageRef,
      description:
        "What its projects have used of the pool's bandwidth; to a token for one project, what that one has used of it.",
      complexity: usageCost,
      select: { plan: { select: { bandwidthBytesPerMonth: true } } },
      resolve: ({ id, plan }, _args, context) => {
        const { projectId = null } = signedIn(context).below.Allocation;
        return usageOf(context, { organizationId: id, projectId }, Number(plan.bandwidthBytesPerMonth));
      },
    }),
    projects: t.relatedConnection(
      'projects',
      {
        cursor: 'id',
        totalCount: true,
        description: 'Oldest first.',
        query: (_args, context) => ({ where: signedIn(context).below.Project, orderBy: { id: 'asc' } }),
      },
      ProjectConnection,
    ),
  }),
});

export const OrganizationConnection = builder.connectionObject(
  { type: OrganizationNode, name: 'OrganizationConnection', description: 'A page of Organization.' },
  { name: 'OrganizationEdge', description: 'An Organization on a page.' },
);

const OrganizationRef = builder.inputType('OrganizationRef', {
  isOneOf: true,
  description: 'Names an organization in exactly one way.',
  fields: (t) => ({ id: t.id(), slug: t.string() }),
});

builder.queryField('organization', (t) =>
  t.prismaField({
    type: 'Organization',
    nullable: true,
    args: { by: t.arg({ type: OrganizationRef, required: true }) },
    description: 'Null when there is none, or when you are no member.',
    resolve: (query, _root, { by }, context) => {
      const { sees } = signedIn(context);
      const id = by.id == null ? undefined : idOf('Organization', by.id);
      if (id === null || (!id && !isSlug(by.slug ?? ''))) return null;
      return context.db.organization.findFirst({
        ...query,
        where: { ...(id ? { id } : { slug: by.slug ?? '' }), ...sees.Organization },
      });
    },
  }),
);
