import { idOf } from '@apployd/core/id';
import { isSlug } from '@apployd/core/slug';
import { builder } from '../builder.js';
import { signedIn } from '../context.js';
import { poolOf, poolSelection } from '../allocation/pool.js';
import { ResourcePoolRef } from '../allocation/schema.js';
import { ProjectConnection } from '../project/schema.js';
import { OrganizationRoleRef } from './role.js';

const OrganizationNode = builder.prismaNode('Organization', {
  description: 'A tenant: owns projects and the pool that they share.',
  id: { field: 'id' },
  fields: (t) => ({
    slug: t.exposeString('slug'),
    name: t.exposeString('name'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    version: t.exposeInt('version'),
    viewerRole: t.field({
      type: OrganizationRoleRef,
      description: 'What the caller may do here.',
      select: (_args, context) => ({
        memberships: { where: { userId: signedIn(context).userId }, select: { role: true }, take: 1 },
      }),
      resolve: ({ memberships }) => memberships[0]?.role ?? 'VIEWER',
    }),
    plan: t.relation('plan', { description: 'What it may have; gives the pool.' }),
    pool: t.field({ type: ResourcePoolRef, select: poolSelection, resolve: poolOf }),
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
