import { brandWithType } from '@pothos/core';
import { queryFromInfo } from '@pothos/plugin-prisma';
import { parsePublicId } from '@apployd/core/id';
import type { GraphQLResolveInfo } from 'graphql';
import { findAuditEvents } from './audit/find.js';
import { mustRead } from './access/guard-reads.js';
import { builder } from './builder.js';
import { signedIn, type Context } from './context.js';
import { findOrganizationEvents, findProjectEvents } from './event/find.js';
import { requestError } from './request-error.js';

const mostIds = 100;
const kinds = [
  'User',
  'Organization',
  'Invitation',
  'ApiToken',
  'Project',
  'Environment',
  'Allocation',
  'Deployment',
  'Domain',
  'Plan',
  'AuditEvent',
  'ProjectEvent',
  'OrganizationEvent',
] as const;
type NodeKind = (typeof kinds)[number];
type Row = { readonly id: string };

builder.queryField('node', (t) =>
  t.field({
    type: builder.nodeInterfaceRef(),
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    description: 'Any object by its id.',
    resolve: async (_root, { id }, context, info) => (await loadNodes(context, info, [id]))[0] ?? null,
  }),
);

builder.queryField('nodes', (t) =>
  t.field({
    type: [builder.nodeInterfaceRef()],
    nullable: { list: true, items: true },
    args: { ids: t.arg.idList({ required: true }) },
    description: 'At most 100 objects by their ids, in the order of the ids; null where there is none.',
    resolve: (_root, { ids }, context, info) => {
      if (ids.length > mostIds) throw requestError('BAD_REQUEST', `Ask for at most ${mostIds} ids at once.`);
      return loadNodes(context, info, ids);
    },
  }),
);

/** One query for each kind, however many ids. */
async function loadNodes(
  context: Context,
  info: GraphQLResolveInfo,
  publicIds: readonly string[],
): Promise<(Row | null)[]> {
  const wanted = publicIds.map(parsePublicId);
  const rows = new Map<string, Row>();
  await Promise.all(
    kinds.map(async (kind) => {
      const ids = wanted.flatMap((one) => (one?.kind === kind ? one.id : []));
      if (ids.length === 0) return;
      mustRead(context, kind);
      const query = queryFromInfo({ context, info, typeName: kind });
      for (const row of await finders[kind](context, query, ids)) {
        brandWithType(row, kind as never);
        rows.set(`${kind} ${row.id}`, row);
      }
    }),
  );
  return wanted.map((one) => (one && rows.get(`${one.kind} ${one.id}`)) ?? null);
}

type Finder = (context: Context, query: object, ids: string[]) => Promise<Row[]>;

const finders: Record<NodeKind, Finder> = {
  User: (context, query, ids) =>
    context.db.user.findMany({ ...query, where: { id: { in: ids }, ...signedIn(context).sees.User } }),
  Organization: (context, query, ids) =>
    context.db.organization.findMany({ ...query, where: { id: { in: ids }, ...signedIn(context).sees.Organization } }),
  Invitation: (context, query, ids) =>
    context.db.invitation.findMany({ ...query, where: { id: { in: ids }, ...signedIn(context).sees.Invitation } }),
  ApiToken: (context, query, ids) =>
    context.db.apiToken.findMany({ ...query, where: { id: { in: ids }, ...signedIn(context).sees.ApiToken } }),
  Project: (context, query, ids) =>
    context.db.project.findMany({ ...query, where: { id: { in: ids }, ...signedIn(context).sees.Project } }),
  Environment: (context, query, ids) =>
    context.db.environment.findMany({ ...query, where: { id: { in: ids }, ...signedIn(context).sees.Environment } }),
  Allocation: (context, query, ids) =>
    context.db.allocation.findMany({ ...query, where: { id: { in: ids }, ...signedIn(context).sees.Allocation } }),
  Deployment: (context, query, ids) =>
    context.db.deployment.findMany({ ...query, where: { id: { in: ids }, ...signedIn(context).sees.Deployment } }),
  Domain: (context, query, ids) =>
    context.db.domain.findMany({ ...query, where: { id: { in: ids }, ...signedIn(context).sees.Domain } }),
  Plan: (context, query, ids) =>
    context.db.plan.findMany({ ...query, where: { id: { in: ids }, ...signedIn(context).sees.Plan } }),
  AuditEvent: findAuditEvents,
  ProjectEvent: findProjectEvents,
  OrganizationEvent: findOrganizationEvents,
};
